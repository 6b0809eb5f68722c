"""Static files are hashed and compressed once, not at every start: that takes some seconds."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_changed() -> None:
    stamp = Path(settings.STATIC_ROOT) / ".collected-from"
    sources = _fingerprint()
    if not stamp.exists() or stamp.read_text() != sources:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(sources)


def _fingerprint() -> str:
    """Of every file's place, size and time: reading them all would take as long as collecting."""
    stats = sorted(
        f"{name} {(status := Path(storage.path(name)).stat()).st_size} {status.st_mtime_ns}"
        for finder in get_finders()
        for name, storage in finder.list([])
    )
    return hashlib.sha256("\n".join(stats).encode()).hexdigest()
