import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from deploy.release import AWAY, REPOSITORY, SERVED, away_page, commit_time, pack, release_of


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A commit, what `scripts/setup` makes, and what lies about."""
    checkout = tmp_path / "checkout"
    (checkout / SERVED / "pdfjs").mkdir(parents=True)
    (checkout / SERVED / "pdfjs" / "pdf.mjs").write_text("pdf\n")
    (checkout / ".gitignore").write_text("vendor/\n")
    (checkout / "manage.py").write_text("print()\n")
    (checkout / "manage.py").chmod(0o755)
    git(checkout, "init", "--quiet")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "Begin")
    (checkout / "manage.py").write_text("changed, not committed\n")
    (checkout / ".env").write_text("SECRET_KEY=x\n")
    return checkout


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "b-1-py3-none-any.whl").write_text("b")
    (wheels / "a-1-py3-none-any.whl").write_text("a")
    return wheels


def git(folder: Path, *words: str) -> None:
    somebody = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", *somebody, *words], cwd=folder, check=True)


def built(checkout: Path, wheels: Path) -> bytes:
    return pack(release_of(checkout, wheels), commit_time(checkout))


def members(archive: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return opened.getmembers()


def test_a_release_holds_the_commit_the_scripts_and_the_wheels(
    checkout: Path, wheels: Path
) -> None:
    archive = built(checkout, wheels)
    assert [(member.name, member.mode) for member in members(archive)] == [
        (".gitignore", 0o644),
        (f"{SERVED}/pdfjs/pdf.mjs", 0o644),
        ("manage.py", 0o755),
        ("wheels/a-1-py3-none-any.whl", 0o644),
        ("wheels/b-1-py3-none-any.whl", 0o644),
    ]
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        manage = opened.extractfile("manage.py")
        assert manage
        assert manage.read() == b"print()\n"


def test_the_same_commit_gives_the_same_bytes(checkout: Path, wheels: Path) -> None:
    first = built(checkout, wheels)
    for path in (*checkout.rglob("*"), *wheels.iterdir()):
        os.utime(path, (1, 1))
    assert built(checkout, wheels) == first
    assert {(m.uid, m.gid, m.uname, m.mtime) for m in members(first)} == {
        (0, 0, "", commit_time(checkout))
    }


def test_another_wheel_gives_another_release(checkout: Path, wheels: Path) -> None:
    first = built(checkout, wheels)
    (wheels / "a-1-py3-none-any.whl").write_text("A")
    assert built(checkout, wheels) != first


def test_the_page_of_the_edge_says_what_to_do_and_who_helps() -> None:
    page = away_page()
    assert AWAY in page
    assert AWAY in (REPOSITORY / "deploy/nginx/nginx.conf").read_text()
    assert "<!--#" not in page  # nginx alone fills such a place
    assert 'href="tel:119' in page
    assert 'href="/static/' not in page  # it stands alone
