"""Keys that a rehearsal makes for itself, once a folder. None of them opens anything elsewhere."""

import ipaddress
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from deploy.rehearsal.service import HOST

LIFE = timedelta(days=90)


class LinkKey:
    """Signs links to files as CloudFront wants them signed: RSA of 2048 bits, under an id."""

    id = "K2EDUCOUNSEL01"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "link.key"
        if not self._file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_secret(self._file, _pem(rsa.generate_private_key(65537, 2048)))

    @property
    def private(self) -> str:
        """PEM: what the application signs with."""
        return self._file.read_text()

    @property
    def public(self) -> str:
        """PEM: all that the edge needs."""
        key = serialization.load_pem_private_key(self.private.encode(), password=None)
        return key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()  # fmt: skip


def new_push_key() -> str:
    """Signs for Web Push: P-256, 32 bytes in base64url."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def make_certificate(certificate: Path, key: Path) -> None:
    """Signed by itself: who connects has to be told to trust it."""
    if certificate.exists():
        return
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EduCounsel rehearsal")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(_names(), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    write_secret(key, _pem(private))
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def _names() -> x509.SubjectAlternativeName:
    address = x509.IPAddress(ipaddress.ip_address(HOST))
    return x509.SubjectAlternativeName([address, x509.DNSName("localhost")])


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def write_secret(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
