"""Keys from the environment: kept as secrets are, and refused where they are no keys."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ImproperlyConfigured

from educounsel import env

SEALING_KEY = "32 random bytes in URL-safe base64"


def sealing_keys(name: str, kept_in: Path | None = None) -> list[str]:
    """Keys that encrypt what is stored, newest first; kept as a secret is. Never shows one."""
    keys = env.secret(name, kept_in, kind=SEALING_KEY, make=_new_key).replace(",", " ").split()
    for number, key in enumerate(keys or [""], start=1):
        if not _is_key(key):
            raise ImproperlyConfigured(
                f"{name} must be keys separated by commas, the newest first; number {number} is"
                f" not {SEALING_KEY}."
            )
    return keys


def push_key(name: str, kept_in: Path | None = None) -> str:
    """A private key for Web Push (P-256, 32 bytes, base64url); none in production is no push."""
    if kept_in is None and not env.given(name):
        return ""
    key = env.secret(name, kept_in, make=_new_push_key)
    if not _is_push_key(key):
        raise ImproperlyConfigured(f"{name} must be a P-256 private key: 32 bytes in base64url.")
    return key


def link_key(name: str) -> str:
    """The private key by which CloudFront knows our links (RSA, in PEM). Never shows it."""
    key = env.secret(name, kind="an RSA private key in PEM")
    if not _is_link_key(key):
        raise ImproperlyConfigured(
            f"{name} must be an RSA private key in PEM, without a password, all of its lines."
        )
    return key


def _new_push_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def _is_push_key(value: str) -> bool:
    try:
        number = int.from_bytes(urlsafe_b64decode(value + "="))
        ec.derive_private_key(number, ec.SECP256R1())
    except ValueError:
        return False
    return len(value) == 43


def _is_link_key(value: str) -> bool:
    try:
        return isinstance(load_pem_private_key(value.encode(), None), rsa.RSAPrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _new_key() -> str:
    return Fernet.generate_key().decode()


def _is_key(value: str) -> bool:
    try:
        Fernet(value)
    except ValueError:
        return False
    return True
