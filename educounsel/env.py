"""Settings from the environment. A helper refuses a value it cannot read, and names it."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

EXAMPLE, WEB = "bk.sekolah.sch.id", ("https", "http")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """An empty variable is an unset one."""
    return os.environ.get(name, "").strip() or default


def given(name: str) -> bool:
    """Whether a secret is set, itself or by a file."""
    return bool(text(name) or text(f"{name}_FILE"))


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in TRUE


def whole(name: str, default: int, least: int = 0, most: int | None = None) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    if int(value) < least or (most is not None and int(value) > most):
        bounds = f"{least} or more" if most is None else f"between {least} and {most}"
        raise ImproperlyConfigured(f"{name} must be {bounds}, not {value}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; empty parts are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first is the default."""
    value = text(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def host(name: str) -> str:
    value = text(name)
    if "/" in value:
        raise ImproperlyConfigured(f"{name} must be a name such as {EXAMPLE}, not an address.")
    return value


def hosts(name: str, default: str = "") -> list[str]:
    values = words(name, default)
    if any("/" in value for value in values):
        raise ImproperlyConfigured(f"{name} must be names such as {EXAMPLE}, not addresses.")
    return values


def url(name: str, default: str = "") -> str:
    """Of a server on the web. A refusal does not repeat it, here and below: a password may stand
    in it."""
    value = text(name, default)
    parts = _parts_of(value)
    if value and not (parts and parts.scheme in WEB and parts.hostname):
        raise ImproperlyConfigured(f"{name} must be an address such as https://{EXAMPLE}.")
    return value


def address(name: str, *schemes: str) -> str:
    """Of a database or its like, or nothing."""
    value = optional_secret(name)
    begins = [f"{scheme}://" for scheme in schemes]
    if value and not value.startswith(tuple(begins)):
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(begins)}.")
    if not _parts_of(value):
        raise ImproperlyConfigured(
            f"{name} cannot be read as an address. In its password, / is written %2F, # %23, ? %3F."
        )
    return value


def _parts_of(value: str) -> SplitResult | None:
    """None where a password without its quotes has torn the address apart."""
    try:
        parts = urlsplit(value)
        is_torn = parts.port == 0 or "@" in parts.path + parts.query or parts.fragment
    except ValueError:
        return None
    return None if is_torn else parts


def secret(
    name: str,
    kept_in: Path | None = None,
    kind: str = "a long secret",
    make: Callable[[], str] = get_random_secret_key,
) -> str:
    """The variable, or the file NAME_FILE points at, or else a secret made once in `kept_in`."""
    if value := text(name):
        return value
    if path := text(f"{name}_FILE"):
        return _secret_of_file(name, Path(path))
    if kept_in is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it, or {name}_FILE, to {kind}.")
    return _secret_kept_in(kept_in, make)


def optional_secret(name: str, default: str = "") -> str:
    return secret(name) if given(name) else default


def _secret_of_file(name: str, path: Path) -> str:
    try:
        value = path.read_text().strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ImproperlyConfigured(f"{name}_FILE, {path}, cannot be read: {reason}.") from error
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE, {path}, is empty.")
    return value


def _secret_kept_in(path: Path, make: Callable[[], str]) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, make())
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"EduCounsel cannot keep its data in {path.parent} ({error.strerror}). "
            "Choose a folder it may write to with EDUCOUNSEL_DATA."
        ) from error


def _write_once(path: Path, value: str) -> None:
    """Hard-links a finished file into place: of two processes starting at once, one secret wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value)
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
