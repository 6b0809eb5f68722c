"""Processes of the application as the edge sees them: each says what it was asked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from deploy.rehearsal.service import HOST


@dataclass
class Behind:
    """A process of the application, as the edge sees one."""

    server: ThreadingHTTPServer
    asked: list[dict[str, str]] = field(default_factory=list)
    breaks_off: bool = False

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behind: Behind

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.behind.asked.append({"method": self.command, "path": self.path, **dict(self.headers)})
        if self.behind.breaks_off:
            self.close_connection = True
            return
        self.send_response(200)
        if self.path.startswith("/static/"):
            self.send_header("Cache-Control", "max-age=31536000, public, immutable")
        said = json.dumps({**dict(self.headers), "bytes": len(body)}).encode()
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_POST = do_GET  # noqa: N815 -- the library asks for this name

    def log_message(self, *args: object) -> None:
        """Says nothing."""


def behind() -> Iterator[Behind]:
    server = ThreadingHTTPServer((HOST, 0), type("OwnHandler", (Handler,), {}))
    one = Behind(server)
    server.RequestHandlerClass.behind = one  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield one
    server.shutdown()
    server.server_close()
