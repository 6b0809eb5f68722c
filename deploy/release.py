"""Builds what machines run: deploy/release.py [FOLDER] (default dist/).

Writes FOLDER/educounsel-<SHA-256>.tar.gz: the commit that is checked out, the scripts sent to
browsers, and the wheels of its locked libraries, so that a machine asks no registry. The same
commit gives the same bytes, whenever it is built. Beside it FOLDER/static/: the files with a hash
in their name, for the bucket, and FOLDER/away.html, for when nobody answers. Prints the SHA-256.
`make release` runs it where pip is.
"""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SERVED = "educounsel/web/static/vendor"
MACHINE = ("--platform", "manylinux_2_28_aarch64", "--platform", "manylinux_2_17_aarch64")
PYTHON = "3.13"
AWAY = (  # as deploy/nginx says it
    "EduCounsel sedang istirahat sebentar. Ini bukan salahmu. Yang baru kamu kirim mungkin belum"
    " tersimpan: kembali ke halaman sebelumnya, lihat dulu, lalu kirim lagi setelah beberapa detik."
)


def main(folder: Path) -> None:
    if not (REPOSITORY / SERVED).is_dir():
        sys.exit("The scripts sent to browsers are missing: run scripts/setup.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = Path(scratch) / "wheels"
        fetch_wheels(wheels)
        archive = pack(release_of(REPOSITORY, wheels), commit_time(REPOSITORY))
    collect_static(folder / "static")
    (folder / "away.html").write_text(away_page())
    sha256 = hashlib.sha256(archive).hexdigest()
    (folder / f"educounsel-{sha256}.tar.gz").write_bytes(archive)
    print(sha256)


def release_of(repository: Path, wheels: Path) -> dict[str, tuple[bytes, int]]:
    """Every file by its name in the release: what it holds, and its mode."""
    return {
        **dict(_committed(repository)),
        **dict(_files(repository / SERVED, SERVED)),
        **dict(_files(wheels, "wheels")),
    }


def _committed(repository: Path) -> Iterator[tuple[str, tuple[bytes, int]]]:
    """As committed: nothing that lies about in a working copy gets into a release."""
    archive = _git(repository, "archive", "--format=tar", "HEAD")
    with tarfile.open(fileobj=io.BytesIO(archive)) as committed:
        for member in committed:
            held = committed.extractfile(member)
            if held:
                yield member.name, (held.read(), 0o755 if member.mode & 0o100 else 0o644)


def _files(folder: Path, name: str) -> Iterator[tuple[str, tuple[bytes, int]]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"{name}/{path.relative_to(folder)}", (path.read_bytes(), 0o644)


def pack(files: dict[str, tuple[bytes, int]], time: int) -> bytes:
    """The same bytes for the same files: in order, of nobody, at the time of the commit."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, (held, mode) in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(held), mode, time
            archive.addfile(member, io.BytesIO(held))
    return packed.getvalue()


def commit_time(repository: Path) -> int:
    return int(_git(repository, "log", "-1", "--format=%ct"))


def fetch_wheels(folder: Path) -> None:
    """For the machines' processor, not for this one's; each with the hash of the lock."""
    wanted = ("--python-version", PYTHON, "--no-deps", *MACHINE)
    lock = ("--require-hashes", "--requirement", REPOSITORY / "requirements.txt")
    _pip("download", *wanted, *lock, "--dest", folder)
    for source in folder.glob("*.tar.gz"):
        _make_wheel(source)


def _make_wheel(source: Path) -> None:
    """Of a library that comes as source only. One that needs a compiler fits no other processor."""
    _pip("wheel", "--no-deps", "--wheel-dir", source.parent, source)
    name = source.name.rpartition("-")[0]
    if not list(source.parent.glob(f"{name}-*-none-any.whl")):
        sys.exit(f"{name} has no wheel for {PYTHON} on ARM.")
    source.unlink()


def _pip(command: str, *words: str | Path) -> None:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", command)
    # Whoever makes a wheel, and whenever, makes the same one.
    same = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    subprocess.run([*pip, *words], env=same, check=True)


def collect_static(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        collect = (REPOSITORY / ".venv/bin/python", REPOSITORY / "manage.py", "collectstatic")
        told = {**os.environ, "EDUCOUNSEL_DATA": data}
        subprocess.run([*collect, "--no-input", "--verbosity=0"], env=told, check=True)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(Path(data) / "static", folder)


def away_page() -> str:
    """What CloudFront says while nobody answers: nginx's page, with its words filled in."""
    page = (REPOSITORY / "deploy/nginx/page.html").read_text()
    return page.replace('<!--# echo var="words" -->', AWAY)


def _git(repository: Path, *asked: str) -> bytes:
    return subprocess.run(["git", "-C", repository, *asked], check=True, capture_output=True).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else REPOSITORY / "dist"))
