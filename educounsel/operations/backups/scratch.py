import tempfile
from typing import IO

from django.conf import settings


def scratch_file() -> IO[bytes]:
    """Without a name, on the disk of the data: gone when the process ends, however it ends."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=settings.DATA_DIR)
