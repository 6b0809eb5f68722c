from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups are put."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder
