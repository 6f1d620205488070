import socket
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection
from django.test import Client
from redis import Redis

from api import limits
from customers.models import ApiKey, Customer, issue
from meetings.models import Meeting
from tests.api.conftest import KeyClock
from tests.conftest import UNKNOWN_CODE, Api, race
from upclass.settings import number

JSON = "application/json"


class Clock:
    """The time by which buckets fill: it stands until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1_000_000_000.0

    def __call__(self) -> str:
        return str(self.seconds)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """And a Redis of which nothing is known yet, and to which a busy machine gives time."""
    made = Clock()
    monkeypatch.setattr(limits, "clock", made)
    monkeypatch.setattr(limits, "SECONDS", 20)
    limits.buckets.cache_clear()
    return made


@pytest.fixture
def small(settings: Any) -> None:
    settings.RATE_LIMIT_PER_SECOND = 1
    settings.RATE_LIMIT_BURST = 3


def statuses(api: Api, times: int) -> list[int]:
    return [api.get("meetings/").status_code for _ in range(times)]


def standing(response: Any) -> tuple[str, str]:
    return response["RateLimit-Policy"], response["RateLimit"]


def says_nothing(response: Any) -> bool:
    return not {"RateLimit-Policy", "RateLimit"} & set(response.headers)


# How a key stands


def test_an_answer_says_how_the_key_stands(api: Api) -> None:
    assert standing(api.get("meetings/")) == ('"default";q=200;w=2', '"default";r=199;t=1')
    assert standing(api.get("meetings/")) == ('"default";q=200;w=2', '"default";r=198;t=1')


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "meetings/", 201),
        ("GET", "meetings/?limit=0", 400),
        ("GET", f"meetings/{UNKNOWN_CODE}/", 404),
        ("PUT", "meetings/", 405),
    ],
)
def test_every_answer_to_a_key_says_it(api: Api, method: str, path: str, status: int) -> None:
    response = api.call(method, path)
    assert response.status_code == status
    assert standing(response)[1] == '"default";r=199;t=1'


def test_a_crash_says_it(api: Api) -> None:
    api.get("meetings/")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE meetings_meeting RENAME TO nowhere")
    response = api.get("meetings/")
    assert response.status_code == 500
    assert standing(response)[1] == '"default";r=198;t=1'


def test_an_answer_that_is_given_again_says_it_and_counts(api: Api) -> None:
    headers = {"Idempotency-Key": "once"}
    answers = [api.client.post("/api/v1/meetings/", b"", JSON, headers=headers) for _ in range(2)]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert [standing(answer)[1] for answer in answers] == ['"default";r=199;t=1', '"default";r=198;t=1']


def test_whoever_has_no_key_gets_no_limit_headers(api: Api) -> None:
    assert says_nothing(Client().get("/api/v1/meetings/"))
    assert says_nothing(Api("upk_abcdefghij_nobody").get("meetings/"))
    assert says_nothing(api.get("nothing/"))
    ApiKey.objects.update(is_active=False)
    assert says_nothing(api.get("meetings/"))


# Too many


def test_a_burst_passes_and_the_next_one_does_not(api: Api, small: None) -> None:
    assert statuses(api, 5) == [200, 200, 200, 429, 429]


def test_who_sends_too_many_is_refused_with_a_retry_after(api: Api, small: None) -> None:
    statuses(api, 3)
    response = api.get("meetings/")
    assert response.status_code == 429
    assert response["Retry-After"] == "1"
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "Too many requests"
    assert response.json()["code"] == "too_many_requests"
    assert standing(response) == ('"default";q=3;w=3', '"default";r=0;t=3')


def test_the_bucket_fills_with_time(api: Api, small: None, clock: Clock) -> None:
    statuses(api, 3)
    clock.seconds += 0.999
    assert statuses(api, 1) == [429]
    clock.seconds += 0.001
    assert statuses(api, 2) == [200, 429]
    clock.seconds += 2
    assert statuses(api, 3) == [200, 200, 429]


def test_a_hundred_a_second_may_go_on_coming(api: Api, clock: Clock) -> None:
    statuses(api, 14)
    clock.seconds += 0.125
    assert standing(api.get("meetings/"))[1] == '"default";r=197;t=1'


def test_the_bucket_never_holds_more_than_a_burst(api: Api, small: None, clock: Clock) -> None:
    statuses(api, 3)
    clock.seconds += 1000
    assert statuses(api, 4) == [200, 200, 200, 429]


def test_a_clock_that_is_set_back_locks_nobody_out(api: Api, small: None, clock: Clock) -> None:
    statuses(api, 4)
    clock.seconds -= 1000
    assert statuses(api, 1) == [429]
    clock.seconds += 1
    assert statuses(api, 2) == [200, 429]


def test_the_time_is_that_of_redis(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    statuses(api, 1)
    with Redis.from_url(django_settings.REDIS_URL) as redis:
        [kept] = redis.hmget(f"rate:{ApiKey.objects.get().prefix}", "at")
        seconds, micros = redis.time()
    assert kept
    assert abs(float(kept) - seconds - micros / 1e6) < 60


def test_a_bucket_that_is_full_again_is_forgotten(api: Api, small: None) -> None:
    statuses(api, 1)
    with Redis.from_url(django_settings.REDIS_URL) as redis:
        left = redis.pttl(f"rate:{ApiKey.objects.get().prefix}")
    assert 0 < left <= 3000


def test_each_key_has_a_bucket_of_its_own(api: Api, customer: Customer, small: None) -> None:
    statuses(api, 4)
    assert statuses(Api(str(issue(customer)[1])), 1) == [200]


def test_a_wrong_key_comes_before_too_many_requests_and_these_before_the_meeting(
    api: Api, small: None, key_clock: KeyClock
) -> None:
    statuses(api, 3)
    assert api.get(f"meetings/{UNKNOWN_CODE}/").status_code == 429
    assert api.call("PUT", "meetings/").status_code == 429
    assert api.get("nothing/").status_code == 404
    ApiKey.objects.update(is_active=False)
    key_clock.seconds += 1
    assert statuses(api, 1) == [403]


def test_what_is_refused_has_no_effect(api: Api, small: None) -> None:
    statuses(api, 3)
    assert api.post("meetings/").status_code == 429
    assert not Meeting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_at_once_exactly_a_burst_passes(customer: Customer, settings: Any) -> None:
    settings.RATE_LIMIT_PER_SECOND, settings.RATE_LIMIT_BURST = 1, 5
    key = str(issue(customer)[1])
    found: list[Any] = race(*[lambda: Api(key).get("meetings/").status_code] * 16)
    assert sorted(found) == [200] * 5 + [429] * 11


# Settings, and limits of a key's own


def test_a_key_may_have_limits_of_its_own(api: Api) -> None:
    ApiKey.objects.update(rate_limit_per_second=5, rate_limit_burst=2)
    assert standing(api.get("meetings/")) == ('"default";q=2;w=1', '"default";r=1;t=1')
    assert statuses(api, 2) == [200, 429]


def test_where_a_key_has_none_the_settings_say_it(api: Api, key_clock: KeyClock) -> None:
    ApiKey.objects.update(rate_limit_burst=50)
    assert standing(api.get("meetings/"))[0] == '"default";q=50;w=1'
    ApiKey.objects.update(rate_limit_burst=None, rate_limit_per_second=1)
    key_clock.seconds += 1
    assert standing(api.get("meetings/"))[0] == '"default";q=200;w=200'


def change(staff: Client, **limits: Any) -> Any:
    row = ApiKey.objects.get()
    body = {"name": "", "is_active": "on", **limits}
    return staff.post(f"/admin/customers/apikey/{row.pk}/change/", body)


def test_staff_give_a_key_limits_of_its_own_and_withdraw_them(
    api: Api, admin_client: Client, key_clock: KeyClock
) -> None:
    change(admin_client, rate_limit_per_second="500", rate_limit_burst="1000")
    assert standing(api.get("meetings/"))[0] == '"default";q=1000;w=2'
    change(admin_client, rate_limit_per_second="", rate_limit_burst="")
    key_clock.seconds += 1
    assert standing(api.get("meetings/"))[0] == '"default";q=200;w=2'


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "many"])
@pytest.mark.parametrize("field", ["rate_limit_per_second", "rate_limit_burst"])
def test_staff_cannot_set_a_limit_that_is_none(
    api: Api, admin_client: Client, field: str, limit: str
) -> None:
    page = change(admin_client, **{field: limit})
    assert page.status_code == 200
    assert page.context["errors"]
    assert ApiKey.objects.filter(**{f"{field}__isnull": True}).exists()


@pytest.mark.parametrize("field", ["rate_limit_per_second", "rate_limit_burst"])
def test_no_row_has_a_limit_of_zero(api: Api, field: str) -> None:
    with pytest.raises(IntegrityError):
        ApiKey.objects.update(**{field: 0})


def test_a_setting_is_a_whole_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT_BURST", "17")
    assert number("RATE_LIMIT_BURST", 200) == 17
    monkeypatch.delenv("RATE_LIMIT_BURST")
    assert number("RATE_LIMIT_BURST", 200) == 200


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "many"])
def test_a_setting_that_is_no_limit_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("RATE_LIMIT_BURST", given)
    with pytest.raises(ImproperlyConfigured, match="RATE_LIMIT_BURST must be a whole number above 0"):
        number("RATE_LIMIT_BURST", 200)


# Without Redis


@pytest.fixture
def quiet(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A Redis that is frozen: it accepts connections and never answers."""
    monkeypatch.setattr(limits, "SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        settings.REDIS_URL = f"redis://:secret@127.0.0.1:{listening.getsockname()[1]}/0"
        yield listening


def times_asked(listening: socket.socket) -> int:
    asked = 0
    while True:
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return asked
        asked += 1


def test_with_redis_down_requests_pass_without_limit_headers(api: Api, settings: Any, small: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    responses = [api.get("meetings/") for _ in range(5)]
    assert [response.status_code for response in responses] == [200] * 5
    assert all(says_nothing(response) for response in responses)


def test_a_frozen_redis_is_asked_once(api: Api, quiet: socket.socket, caplog: Any) -> None:
    responses = [api.get("meetings/") for _ in range(5)]
    assert [response.status_code for response in responses] == [200] * 5
    assert all(says_nothing(response) for response in responses)
    assert times_asked(quiet) == 1
    assert caplog.text.count("requests pass unlimited") == 1


def test_after_a_while_redis_is_asked_again(
    api: Api, quiet: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses(api, 2)
    later = monotonic() + limits.PAUSE
    monkeypatch.setattr(limits, "monotonic", lambda: later)
    statuses(api, 2)
    assert times_asked(quiet) == 2


@pytest.mark.django_db(transaction=True)
def test_after_a_while_one_request_asks_for_all(
    customer: Customer, quiet: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(issue(customer)[1])
    statuses(Api(key), 1)
    later = monotonic() + limits.PAUSE
    monkeypatch.setattr(limits, "monotonic", lambda: later)
    assert race(*[lambda: Api(key).get("meetings/").status_code] * 8) == [200] * 8
    assert times_asked(quiet) == 2


def test_a_redis_that_is_back_counts_again(
    api: Api, small: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = limits.buckets(settings.REDIS_URL)
    counting.circuit_open_until = monotonic() + limits.PAUSE
    assert statuses(api, 5) == [200] * 5
    later = counting.circuit_open_until
    monkeypatch.setattr(limits, "monotonic", lambda: later)
    assert statuses(api, 4) == [200, 200, 200, 429]
    assert counting.circuit_open_until == 0


def test_a_redis_that_was_emptied_counts_on(api: Api, small: None) -> None:
    """As after a restart: neither the script nor the buckets are there."""
    statuses(api, 3)
    with Redis.from_url(django_settings.REDIS_URL) as redis:
        redis.script_flush()
        redis.delete(f"rate:{ApiKey.objects.get().prefix}")
    assert statuses(api, 4) == [200, 200, 200, 429]


def test_a_redis_that_refuses_lets_requests_pass(api: Api, small: None) -> None:
    with Redis.from_url(django_settings.REDIS_URL) as redis:
        redis.set(f"rate:{ApiKey.objects.get().prefix}", "not a bucket")
    response = api.get("meetings/")
    assert response.status_code == 200
    assert says_nothing(response)
