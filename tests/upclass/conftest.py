import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = tuple[int, str, bytes]  # status, content type, body


class TwirpServer:
    """A real HTTP server that answers LiveKit's calls, each named such as ListRooms, as a test says."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.first_answers: dict[str, list[Answer]] = {}  # each given once, before the one above
        self.of_rooms: dict[str, Answer | None] = {}  # what those answer to anything; None: nothing
        self.asked: list[str] = []
        self.bodies: dict[str, list[bytes]] = defaultdict(list)  # of each question
        self.clock_ahead = 0.0  # seconds
        self.connections: list[socket.socket] = []  # that were opened
        self.hangs_up_on: set[socket.socket] = set()  # at any question, without an answer
        self.hangs_up_always = False

    def answer(self, action: str, body: bytes) -> Answer | None:
        self.asked.append(action)
        self.bodies[action].append(body)
        for room, answer in self.of_rooms.items():
            if room.encode() in body:
                return answer
        once = self.first_answers.get(action)
        return once.pop(0) if once else self.answers[action]


def refusal(status: int, code: str) -> Answer:
    return status, "application/json", f'{{"code": "{code}", "msg": "so it is"}}'.encode()


def message(content: Any) -> Answer:
    return 200, "application/protobuf", content.SerializeToString()


class Server(ThreadingHTTPServer):
    request_queue_size = 100  # how many may ask at the same time


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    twirp: TwirpServer
    is_over: threading.Event

    def setup(self) -> None:
        super().setup()
        self.twirp.connections.append(self.connection)

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        if self.twirp.hangs_up_always or self.connection in self.twirp.hangs_up_on:
            self.close_connection = True
            return
        answer = self.twirp.answer(self.path.rpartition("/")[2], asked)
        if answer is None:
            self.is_over.wait()
            return
        status, content_type, body = answer
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(time.time() + self.twirp.clock_ahead)

    def log_message(self, *unused: object) -> None:
        pass


@contextmanager
def serving(twirp: TwirpServer, port: int = 0) -> Iterator[int]:
    """Ends with all its connections, as a server that is stopped."""
    is_over = threading.Event()
    handler = type("Handling", (Handler,), {"twirp": twirp, "is_over": is_over})
    with Server(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        is_over.set()
        server.shutdown()
        thread.join()
    for connection in twirp.connections:
        with suppress(OSError):  # it ended before
            connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def twirp(settings: Any) -> Iterator[TwirpServer]:
    server = TwirpServer()
    with serving(server) as port:
        settings.LIVEKIT_URL = f"ws://127.0.0.1:{port}"
        yield server


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody listens there and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]
