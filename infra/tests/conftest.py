from pathlib import Path

import pytest
from educounsel_infra.config import SIZES
from educounsel_infra.writing import write

from tests.reading import Templates


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of every size, as `app.py` writes them: cdk-nag's verdict comes first."""
    folder = tmp_path_factory.mktemp("written")
    for size in SIZES.values():
        write(size, folder)
    return folder


@pytest.fixture(scope="session", params=SIZES)
def templates(request: pytest.FixtureRequest, written: Path) -> Templates:
    return Templates(written / request.param)
