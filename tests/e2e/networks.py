"""A browser's way to the servers, to be cut: the signal by a proxy, media by the network's rules."""

import base64
import gzip
import hashlib
import os
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import psutil
from livekit.protocol import rtc
from playwright.sync_api import Browser, ProxySettings

from local.stack import Stack
from tests.e2e.join_pages import Visitor, visiting
from tests.e2e.stacks import frozen

Way = Literal["open", "refused", "silent", "denied", "forgotten"]
ANSWER = "HTTP/1.1 {} \r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n"
OPENING = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: {}\r\n\r\n"
)
WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455


@dataclass
class Attempt:
    """One WebSocket that the browser asked for; `at` in seconds of time.monotonic()."""

    at: float
    is_resume: bool
    was: Way


@dataclass
class Line:
    """An HTTP proxy for one browser context. What it does with the signal may be changed at any time:

    "open" passes it on; "refused" fails at once; "silent" accepts connections and never answers, as a
    network that swallows packets; "denied" answers with `status`, as LiveKit refuses a token; "forgotten"
    says that the session cannot be resumed, as LiveKit does after it gave somebody up.
    `resumes` is what happens to attempts to resume the same session; None: the same as `way`.
    The pages' own requests pass in any case, unless `carries_pages` is set.
    """

    signal_port: int
    way: Way = "open"
    resumes: Way | None = None
    status: str = "401 Unauthorized"
    carries_pages: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        line = self

        class Call(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    line._serve(self.request)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Call)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def proxy(self) -> ProxySettings:
        """For Playwright's new_context."""
        return {"server": f"http://127.0.0.1:{self.server.server_address[1]}"}

    def cut(self, way: Way = "open") -> None:
        """Break off every connection of the signal; how new ones fare says `way`."""
        self.way = way
        with self.lock:
            broken, self.sockets = self.sockets, []
        for one in broken:
            _end(one)

    def attempts_since(self, moment: float) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.at >= moment]

    def close(self) -> None:
        self.cut("refused")
        self.server.shutdown()
        self.server.server_close()

    # One connection

    def _serve(self, browser: socket.socket) -> None:
        head, rest = _head(browser)
        method, target, _ = head.split("\r\n", 1)[0].split(" ", 2)
        if method == "CONNECT":  # a WebSocket
            browser.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            head, rest = _head(browser)
            port, path = int(target.rsplit(":", 1)[1]), head.split(" ", 2)[1]
            way = self._judge(path)
        else:
            port, way = urlsplit(target).port or 80, self._of_request(target)
            head = _plain(head, target)
        self._treat(browser, way, port, head.encode("latin-1") + rest)

    def _judge(self, path: str) -> Way:
        is_resume = _is_resume(path)
        way = self._of_attempt(is_resume)
        self.attempts.append(Attempt(time.monotonic(), is_resume, way))
        return way

    def _of_attempt(self, is_resume: bool) -> Way:
        return self.resumes if is_resume and self.resumes else self.way

    def _of_request(self, target: str) -> Way:
        """livekit-client asks by an ordinary request why a WebSocket was refused; the rest is the pages'."""
        if urlsplit(target).port == self.signal_port:
            return self._of_attempt(_is_resume(target))
        return self.way if self.carries_pages else "open"

    def _treat(self, browser: socket.socket, way: Way, port: int, said: bytes) -> None:
        if way == "denied":
            browser.sendall(ANSWER.format(self.status).encode())
        elif way == "forgotten":
            browser.sendall(_goodbye(said))
            browser.recv(65536)
        elif way == "silent":
            with self.lock:
                self.sockets.append(browser)
            while browser.recv(65536):
                pass
        elif way == "open":
            with socket.create_connection(("127.0.0.1", port)) as server:
                self._pass_on(browser, server, port, said)

    def _pass_on(self, browser: socket.socket, server: socket.socket, port: int, said: bytes) -> None:
        if port == self.signal_port or self.carries_pages:
            with self.lock:
                self.sockets += [browser, server]
        server.sendall(said)
        back = threading.Thread(target=_pump, args=(server, browser), daemon=True)
        back.start()
        _pump(browser, server)
        back.join()


def _head(one: socket.socket) -> tuple[str, bytes]:
    """The lines before a body, and what came with them of it."""
    said = b""
    while b"\r\n\r\n" not in said:
        more = one.recv(65536)
        if not more:
            raise ConnectionResetError
        said += more
    head, rest = said.split(b"\r\n\r\n", 1)
    return head.decode("latin-1") + "\r\n\r\n", rest


def _plain(head: str, target: str) -> str:
    """A request to a proxy as one to the server itself, with one answer to a connection."""
    parts = urlsplit(target)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [line for line in head.split("\r\n") if "connection:" not in line.lower()]
    lines[0] = lines[0].replace(target, path, 1)
    lines.insert(1, "Connection: close")
    return "\r\n".join(lines)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(65536):
            sink.sendall(said)
    _end(source)
    _end(sink)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


def _goodbye(asked: bytes) -> bytes:
    """A WebSocket's opening, and LiveKit's one word in it: come anew."""
    [key] = [
        line[19:] for line in asked.decode("latin-1").split("\r\n") if line.startswith("Sec-WebSocket-Key: ")
    ]
    accepted = base64.b64encode(
        hashlib.sha1(f"{key}{WEBSOCKET}".encode(), usedforsecurity=False).digest()
    ).decode()
    leave = rtc.LeaveRequest(action=rtc.LeaveRequest.RECONNECT)
    word = rtc.SignalResponse(leave=leave).SerializeToString()
    return OPENING.format(accepted).encode() + bytes([0x82, len(word)]) + word


def _is_resume(path: str) -> bool:
    """Whether livekit-client wants to go on with a session of before."""
    [packed] = parse_qs(urlsplit(path).query).get("join_request", [""])
    wrapped = rtc.WrappedJoinRequest.FromString(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    is_packed = wrapped.compression == rtc.WrappedJoinRequest.Compression.GZIP
    said = gzip.decompress(wrapped.join_request) if is_packed else wrapped.join_request
    return rtc.JoinRequest.FromString(said).reconnect


@contextmanager
def online(
    browser: Browser, stack: Stack, script: str = "", **options: Any
) -> Iterator[tuple[Visitor, Line]]:
    """Somebody with a browser profile of their own, and the line that it is connected by."""
    line = Line(urlsplit(stack.env["LIVEKIT_URL"]).port or 80)
    try:
        with visiting(browser, script, proxy=line.proxy, **options) as visitor:
            yield visitor, line
    finally:
        line.close()


# Media: for everybody at once


def can_cut_media() -> bool:
    """Only as root in a network of its own, which tests run in; the machine's own rules are left alone."""
    return os.geteuid() == 0 and "dead0" in psutil.net_if_addrs()


@contextmanager
def without_media(stack: Stack) -> Iterator[None]:
    """Every packet of media from LiveKit is lost; the signal goes on. Needs `can_cut_media`.

    Not those to LiveKit: the loss would be an error to Chromium, which then needs 15 s to come back.
    """
    _rule("add", "pref", "10", "lookup", "local")  # else the table of local addresses is asked first
    _rule("del", "pref", "0")
    _rule("add", "pref", "1", "ipproto", "udp", "sport", stack.kept["PORT_LIVEKIT_UDP"], "blackhole")
    try:
        yield
    finally:
        _rule("del", "pref", "1")
        _rule("add", "pref", "0", "lookup", "local")
        _rule("del", "pref", "10")


def _rule(*words: str) -> None:
    subprocess.run(["ip", "rule", *words], check=True)


@contextmanager
def standing_still(stack: Stack) -> Iterator[list[psutil.Process]]:
    """LiveKit gets no processor for a while: neither signal nor media, for anybody, and nothing is closed."""
    stopped = frozen(stack.part("livekit"))
    try:
        yield stopped
    finally:
        for process in stopped:
            process.resume()
