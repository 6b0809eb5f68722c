"""A real S3 server: it refuses a wrong secret, which mocks do not."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "only-here"}
BIN = Path(sys.executable).parent
START_SECONDS = 60


@contextlib.contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """The environment that leads `aws` there."""
    ports = free_ports(4)
    config = folder / "s3.json"
    credentials = {
        "accessKey": KEYS["AWS_ACCESS_KEY_ID"],
        "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"],
    }
    person = {"name": "tests", "credentials": [credentials], "actions": ["Admin"]}
    config.write_text(json.dumps({"identities": [person]}))
    with (folder / "weed.log").open("w") as log:
        server = subprocess.Popen(_command(folder, config, ports), stdout=log, stderr=log)
    try:
        endpoint = f"http://127.0.0.1:{ports[3]}"
        _wait_for(endpoint, server)
        yield {**KEYS, "AWS_ENDPOINT_URL_S3": endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
    finally:
        server.kill()  # its data are thrown away
        server.wait()


def _command(folder: Path, config: Path, ports: list[int]) -> list[str]:
    weed = shutil.which("weed", path=f"{BIN}{os.pathsep}{os.environ['PATH']}") or "weed"
    master, volume, filer, s3 = ports
    return [
        weed,
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-master.port={master}",
        "-master.volumeSizeLimitMB=64",
        "-master.telemetry=false",
        f"-volume.port={volume}",
        "-volume.max=30",
        "-filer",
        f"-filer.port={filer}",
        "-s3",
        f"-s3.port={s3}",
        "-s3.ip.bind=127.0.0.1",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={config}",
    ]


def free_ports(number: int) -> list[int]:
    """Each with the port 10,000 above it free too, where SeaweedFS speaks gRPC: both below those
    that systems give to whoever asks for any."""
    found: list[int] = []
    for port in range(13_000 + os.getpid() % 8_000, 22_700):
        if is_free(port) and is_free(port + 10_000):
            found.append(port)
        if len(found) == number:
            return found
    raise OSError("no free ports")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _wait_for(endpoint: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        if _answers(endpoint):
            return
        time.sleep(0.2)
    raise TimeoutError("SeaweedFS did not start: see its weed.log")


def _answers(endpoint: str) -> bool:
    """An unsigned request is refused, and that is an answer."""
    try:
        urllib.request.urlopen(endpoint, timeout=2)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
