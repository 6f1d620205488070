"""The border to S3, against the server that `make run` starts."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from tests.conftest import NOON
from tests.s3 import Server, served
from upclass import storage

SIZE_OF = storage.size_of  # the border itself, before the tests replace it
KEY, OTHER_KEY = "your-company/BCDF-GHJK-MNPR/k3v9-1.mp4", "stranger/BCDF-GHJK-MNPR/a-1.mp4"
FILM = bytes(range(256)) * 40
NAMES = [
    "Sales Demo 2026-03-01 12.00.mp4",
    "Übung für Anfänger.mp4",
    'She said "hello".mp4',
    "back\\slash.mp4",
    "50% off; really.mp4",
    "日本語 🎬.mp4",
    "x" * 251 + ".mp4",
    "🎬" * 100 + ".mp4",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3") / "s3") as started:
        for key in (KEY, OTHER_KEY):
            started.client().put_object(Bucket="upclass", Key=key, Body=FILM)
        yield started


@pytest.fixture(autouse=True)
def configured(server: Server, settings: Any) -> Iterator[None]:
    for name, value in {**server.env, "S3_PUBLIC_URL": server.env["S3_ENDPOINT_URL"]}.items():
        setattr(settings, name, value)
    storage._client_of.cache_clear()
    yield
    storage._client_of.cache_clear()


def fetch(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body, also of a refusal."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()


def saved_as(headers: Message) -> str:
    """The name under which a browser saves an answer: the one with an asterisk, if there are both."""
    disposition = headers["Content-Disposition"]
    encoded = re.search(r"filename\*=utf-8''([^;]+)", disposition)
    quoted = re.search(r'filename="((?:[^"\\]|\\.)*)"', disposition)
    if encoded:
        return unquote(encoded[1])
    assert quoted
    return re.sub(r"\\(.)", r"\1", quoted[1])


# How large


def test_the_size_of_an_object_is_the_number_of_its_bytes() -> None:
    assert SIZE_OF(KEY) == len(FILM)


def test_an_object_that_is_not_there_has_no_size() -> None:
    assert SIZE_OF("your-company/nothing.mp4") is None


def test_a_recording_for_which_nobody_was_asked_has_no_object() -> None:
    """Its key is empty still: that is no trouble of the storage's."""
    assert SIZE_OF("") is None


def test_an_empty_object_is_there(server: Server) -> None:
    server.client().put_object(Bucket="upclass", Key="empty.mp4", Body=b"")
    assert SIZE_OF("empty.mp4") == 0


def test_a_key_that_is_refused_does_not_count_as_a_missing_object(settings: Any) -> None:
    settings.S3_SECRET_ACCESS_KEY = "geheim"
    with pytest.raises(storage.Unreachable) as refused:
        SIZE_OF(KEY)
    assert "geheim" not in str(refused.value) and KEY not in str(refused.value)


def test_a_storage_that_is_away_is_unreachable_until_it_is_back(server: Server) -> None:
    server.stop()
    try:
        with pytest.raises(storage.Unreachable) as away:
            SIZE_OF(KEY)
        assert server.env["S3_ENDPOINT_URL"] not in str(away.value)
    finally:
        server.start()
    assert SIZE_OF(KEY) == len(FILM)


def test_a_storage_that_does_not_answer_is_given_up(silent_port: int, settings: Any) -> None:
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{silent_port}"
    begun = monotonic()
    with pytest.raises(storage.Unreachable):
        SIZE_OF(KEY)
    assert monotonic() - begun < storage.TIMEOUT + 4  # on a busy machine


# A link


def test_a_link_gives_the_film_to_whoever_has_it() -> None:
    status, headers, body = fetch(storage.link(KEY, "Demo.mp4", 60))
    assert (status, body) == (200, FILM)
    assert (headers["Content-Type"], headers["Content-Length"]) == ("video/mp4", str(len(FILM)))


def test_a_browser_may_play_from_any_second_on() -> None:
    status, headers, body = fetch(storage.link(KEY, "Demo.mp4", 60), Range="bytes=100-199")
    assert (status, body) == (206, FILM[100:200])
    assert headers["Content-Range"] == f"bytes 100-199/{len(FILM)}"
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_it_is_played_and_saved_under_the_given_name(name: str) -> None:
    status, headers, _ = fetch(storage.link(KEY, name, 60))
    assert status == 200
    assert headers["Content-Disposition"].startswith("inline;")
    assert saved_as(headers) == name


def test_no_name_adds_a_header() -> None:
    _, headers, _ = fetch(storage.link(KEY, "a\r\nSet-Cookie: x=1.mp4", 60))
    assert "Set-Cookie" not in headers


def test_a_link_is_good_for_as_long_as_said_and_no_longer() -> None:
    """The server's clock is the real one."""
    with time_machine.travel(NOON):
        link = storage.link(KEY, "Demo.mp4", 43_200)
        assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["43200"]
        assert parse_qs(urlsplit(link).query)["X-Amz-Date"] == ["20260301T120000Z"]
    status, _, body = fetch(link)
    assert status == 403
    assert FILM[:50] not in body


def test_a_link_opens_no_other_object() -> None:
    link = storage.link(KEY, "Demo.mp4", 60)
    assert fetch(link.replace(KEY, OTHER_KEY))[0] == 403
    assert fetch(link.replace(KEY, ""))[0] == 403  # nor the list of them
    assert fetch(storage.link(OTHER_KEY, "Demo.mp4", 60))[0] == 200


@pytest.mark.parametrize("part", ["X-Amz-Expires=60", "response-content-type=video%2Fmp4", "Demo.mp4"])
def test_nothing_of_a_link_can_be_changed(part: str) -> None:
    link = storage.link(KEY, "Demo.mp4", 60)
    assert part in link
    assert fetch(link.replace(part, part.replace("6", "9").replace("mp4", "htm")))[0] == 403


def test_a_link_writes_and_deletes_nothing(server: Server) -> None:
    link = storage.link(KEY, "Demo.mp4", 60)
    for method in ("PUT", "DELETE"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(link, b"x", method=method), timeout=10)
        refused.value.close()
        assert refused.value.code == 403
    assert server.read(KEY) == FILM


def test_without_a_link_nothing_is_given(server: Server) -> None:
    assert fetch(f"{server.env['S3_ENDPOINT_URL']}/upclass/{KEY}")[0] == 403


def test_a_link_leads_to_where_browsers_reach_the_storage(server: Server, settings: Any) -> None:
    """And is signed for that address: the one we use ourselves may be another."""
    port = urlsplit(server.env["S3_ENDPOINT_URL"]).port
    settings.S3_PUBLIC_URL = f"http://localhost:{port}"
    link = storage.link(KEY, "Demo.mp4", 60)
    assert link.startswith(f"http://localhost:{port}/upclass/{KEY}?")
    assert fetch(link)[0] == 200
    assert fetch(link.replace("localhost", "127.0.0.1"))[0] == 403


def test_a_link_shows_no_secret_and_asks_nobody(server: Server, settings: Any, closed_port: int) -> None:
    settings.S3_PUBLIC_URL = f"https://files.example.com:{closed_port}"
    link = storage.link(KEY, "Demo.mp4", 60)
    assert link.startswith(f"https://files.example.com:{closed_port}/upclass/")
    assert unquote(link).count(server.env["S3_SECRET_ACCESS_KEY"]) == 0


# The bucket


def test_a_bucket_that_is_there_may_be_used() -> None:
    storage.require_bucket()
    assert storage.is_reachable(1.0)


def test_a_missing_bucket_is_named_with_what_to_do(settings: Any) -> None:
    settings.S3_BUCKET = "nowhere"
    with pytest.raises(ImproperlyConfigured) as refused:
        storage.require_bucket()
    assert str(refused.value) == (
        f"The bucket 'nowhere' (S3_BUCKET) at {settings.S3_ENDPOINT_URL} does not exist. "
        "Make it, or name another with S3_BUCKET."
    )
    assert not storage.is_reachable(1.0)


def test_a_wrong_key_is_distinguished_from_a_missing_bucket_and_not_shown(settings: Any) -> None:
    settings.S3_SECRET_ACCESS_KEY = "geheim"
    with pytest.raises(ImproperlyConfigured, match="may not be used with this key") as refused:
        storage.require_bucket()
    assert "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY" in str(refused.value)
    assert "geheim" not in str(refused.value)
    assert not storage.is_reachable(1.0)


def test_nobody_there_is_no_mistake_in_the_settings(closed_port: int, settings: Any) -> None:
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{closed_port}"
    with pytest.raises(storage.Unreachable):
        storage.require_bucket()
    assert not storage.is_reachable(1.0)


def test_looking_whether_it_is_there_lasts_no_longer_than_one_is_patient(
    silent_port: int, settings: Any
) -> None:
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{silent_port}"
    begun = monotonic()
    assert not storage.is_reachable(0.3)
    assert monotonic() - begun < 3  # on a busy machine


@pytest.mark.parametrize("address", ["127.0.0.1:7070", "nonsense", "http://"])
def test_an_address_that_is_none_is_a_mistake_in_the_settings(settings: Any, address: str) -> None:
    settings.S3_ENDPOINT_URL = address
    with pytest.raises(ImproperlyConfigured, match="S3_ENDPOINT_URL"):
        storage.require_bucket()
    assert not storage.is_reachable(1.0)


@pytest.mark.parametrize("name", ["S3_ENDPOINT_URL", "S3_PUBLIC_URL"])
def test_an_address_with_a_port_that_is_none_is_a_mistake_in_the_settings(settings: Any, name: str) -> None:
    setattr(settings, name, "http://127.0.0.1:99999")
    with pytest.raises(ImproperlyConfigured, match="S3_PUBLIC_URL"):
        storage.require_bucket()


def test_a_bucket_name_that_is_none_is_a_mistake_in_the_settings(settings: Any) -> None:
    settings.S3_BUCKET = "no such name"
    with pytest.raises(ImproperlyConfigured, match="S3_BUCKET"):
        storage.require_bucket()
