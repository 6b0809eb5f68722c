"""EduCounsel's own processes, as many of each as one likes."""

import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from deploy.rehearsal.service import HOST, Service

MANAGE = str(Path(__file__).parents[2] / "manage.py")


class Process(Service):
    """`settings` is the whole environment that it sees."""

    def __init__(self, folder: Path, port: int, settings: dict[str, str]) -> None:
        super().__init__(folder, port)
        self.settings = settings

    def prepare(self) -> None:
        """A release is prepared once, for all of them: machine.py."""

    def environment(self) -> dict[str, str]:
        return self.settings


class Web(Process):
    name = "web"

    def command(self) -> list[str]:
        return [sys.executable, MANAGE, "serve"]

    def environment(self) -> dict[str, str]:
        return self.settings | {"PORT": str(self.port)}

    def answers(self) -> bool:
        try:
            with urlopen(f"http://{HOST}:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


class Worker(Process):
    """Its port is that of its figures, open once it works."""

    name = "worker"

    def command(self) -> list[str]:
        return [sys.executable, MANAGE, "work"]

    def environment(self) -> dict[str, str]:
        return self.settings | {"METRICS_PORT": str(self.port)}
