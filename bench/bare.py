"""The least a call can be: a page with livekit-client, a camera and a button; and who serves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from local.env import ROOT

FILES = {
    "/": Path(__file__).with_name("bare.html"),
    "/livekit-client.js": ROOT / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js",
}


class Files(SimpleHTTPRequestHandler):
    """Two files, and nothing said about it."""

    def translate_path(self, path: str) -> str:
        return str(FILES.get(path, ROOT / "nothing"))

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """The page's address; behind `#` it has LiveKit's address and a token, as a JSON array."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
