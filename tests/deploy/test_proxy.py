"""Caddy reads deploy/Caddyfile and sends each request where it belongs. TLS is left out."""

import http.client
import json
import os
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError

import pytest

from local import ports
from local.env import ROOT
from tests.deploy import composed
from tests.deploy.started import answers, started

FILE = ROOT / "deploy" / "Caddyfile"
SIGNED = "/upclass/a.mp4?X-Amz-Signature=abc"


# The parts behind it


@contextmanager
def part(name: str) -> Iterator[str]:
    """A server that answers with what reached it; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received = {
                "part": name,
                "path": self.path,
                **{key.lower(): self.headers[key] for key in self.headers},
            }
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps(received).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815  the base class looks for these

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# The proxy


def caddy(services: Any, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command of Caddy's about the file, in the environment of docker-compose.yml."""
    return subprocess.run(
        [composed.reader("caddy"), *words, "--config", FILE, "--adapter", "caddyfile"],
        env={**os.environ, **services["proxy"]["environment"]},
        capture_output=True,
        text=True,
        timeout=30,
    )


@dataclass
class Proxy:
    port: int
    hosts: dict[str, str]

    def ask(
        self, host: str, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str]]:
        """Status, and what the part behind received: nothing when none was reached."""
        said = {"Host": self.hosts[host], **(headers or {})}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=said)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                assert "max-age" in answer.headers["Strict-Transport-Security"]
                return answer.status, json.loads(answer.read() or b"{}")
        except HTTPError as error:
            return error.code, {}


@pytest.fixture(scope="module")
def proxy(services: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Caddy with its file, on a port of its own, without TLS, and with other addresses of the parts."""
    port, folder = ports.choose(set()), tmp_path_factory.mktemp("caddy")
    adapted = caddy(services, "adapt")
    assert adapted.returncode == 0, adapted.stderr
    said = json.loads(adapted.stdout)
    [server] = said["apps"]["http"]["servers"].values()
    server |= {"listen": [f"127.0.0.1:{port}"], "automatic_https": {"disable": True}}
    said["admin"] = {"disabled": True}
    text = json.dumps(said)
    with ExitStack() as opened:
        for dial in ("web:8000", "livekit:7880", "s3:7070"):
            assert dial in text
            text = text.replace(dial, opened.enter_context(part(dial)))
        (folder / "caddy.json").write_text(text)
        env = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        command = [composed.reader("caddy"), "run", "--config", str(folder / "caddy.json")]
        opened.enter_context(started(command, lambda: answers(f"http://127.0.0.1:{port}/"), env))
        hosts = services["proxy"]["environment"]
        yield Proxy(port, hosts)


def test_caddy_finds_no_mistake(services: Any) -> None:
    done = caddy(services, "validate")
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr  # of a file that is not formatted, too


def test_caddy_would_find_one(services: Any) -> None:
    without = {"proxy": {"environment": {**services["proxy"]["environment"], "MEET_HOST": ""}}}
    done = caddy(without, "validate")
    assert done.returncode != 0


def test_each_host_name_gets_its_certificate(services: Any) -> None:
    said = json.loads(caddy(services, "adapt").stdout)
    [server] = said["apps"]["http"]["servers"].values()
    named = {host for route in server["routes"] for match in route["match"] for host in match["host"]}
    assert named == set(services["proxy"]["environment"].values())
    assert server["listen"] == [":443"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/meetings/", "/admin/", "/static/room/a.js"])
def test_the_service_is_behind_its_name(proxy: Proxy, path: str) -> None:
    status, received = proxy.ask("MEET_HOST", path)
    assert (status, received["part"], received["path"]) == (200, "web:8000", path)
    assert received["host"] == proxy.hosts["MEET_HOST"]
    assert received["x-forwarded-for"] == "127.0.0.1"


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X_Forwarded_For", "X_Forwarded_Proto"])
def test_nobody_gives_the_service_an_address_of_their_own(proxy: Proxy, name: str) -> None:
    """The service's server reads both spellings as one."""
    _, received = proxy.ask("MEET_HOST", "/", headers={name: "6.6.6.6"})
    assert received["x-forwarded-for"] == "127.0.0.1"
    assert "6.6.6.6" not in received.values()


def sent(proxy: Proxy, size: int, path: str) -> tuple[int, Any]:
    """What the proxy answers to a body of so many bytes."""
    link = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    said = {"Host": proxy.hosts["MEET_HOST"], "Expect": "100-continue", "Content-Length": str(size)}
    link.request("POST", path, headers=said)
    answer = link.getresponse()
    found = answer.status, answer.read()
    link.close()
    return found


@pytest.mark.parametrize("path", ["/api/v1/meetings/", "/language/"])
def test_a_body_that_the_service_would_never_take_is_refused_by_the_proxy(proxy: Proxy, path: str) -> None:
    status, body = sent(proxy, 300 * 1024 * 1024, path)
    shown = json.loads(body)
    assert (status, shown["code"]) == (413, "request_too_large")
    assert list(shown) == ["error", "detail", "code", "request_id"]
    assert shown["request_id"]


def test_a_body_that_is_a_little_too_large_is_left_to_the_service(proxy: Proxy) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{proxy.port}/api/v1/meetings/",
        data=b"x" * 3 * 512 * 1024,
        headers={"Host": proxy.hosts["MEET_HOST"]},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["part"] == "web:8000"


def test_nobody_holds_a_connection_by_being_slow(services: Any) -> None:
    [server] = json.loads(caddy(services, "adapt").stdout)["apps"]["http"]["servers"].values()
    second = 1_000_000_000
    assert (server["read_header_timeout"], server["read_timeout"]) == (10 * second, 30 * second)
    assert '"request_buffers":2097152' in json.dumps(server, separators=(",", ":"))


@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/livekit/"])
def test_livekit_s_webhooks_are_not_accepted_from_outside(proxy: Proxy, path: str) -> None:
    assert proxy.ask("MEET_HOST", path, "POST") == (404, {})


@pytest.mark.parametrize("path", ["/rtc?access_token=x", "/rtc/v1?access_token=x", "/rtc/v1/validate"])
def test_browsers_reach_livekit_s_signalling(proxy: Proxy, path: str) -> None:
    status, received = proxy.ask("LIVEKIT_HOST", path)
    assert (status, received["part"], received["path"]) == (200, "livekit:7880", path)


@pytest.mark.parametrize("path", ["/", "/twirp/livekit.RoomService/ListRooms", "/agent", "/rtcx"])
def test_livekit_s_api_is_not_to_be_had_from_outside(proxy: Proxy, path: str) -> None:
    assert proxy.ask("LIVEKIT_HOST", path, "POST") == (404, {})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_signed_link_reaches_the_file_under_the_name_it_was_signed_for(proxy: Proxy, method: str) -> None:
    status, received = proxy.ask("FILES_HOST", SIGNED, method)
    assert status == 200
    if method == "GET":
        assert (received["part"], received["path"]) == ("s3:7070", SIGNED)
        assert received["host"] == proxy.hosts["FILES_HOST"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/upclass/a.mp4"), ("GET", "/"), ("PUT", SIGNED), ("DELETE", SIGNED), ("POST", SIGNED)],
)
def test_storage_is_open_for_nothing_else(proxy: Proxy, method: str, path: str) -> None:
    assert proxy.ask("FILES_HOST", path, method) == (403, {})
