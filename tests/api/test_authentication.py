from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api import authentication
from customers import models
from customers.models import ApiKey, Customer, issue
from tests.api.conftest import KeyClock
from tests.conftest import NOON, UNKNOWN_CODE, Api, noon

INVALID = {"error": "Invalid API key", "detail": "The provided API key is not valid"}
SOMEBODY = f"meetings/{UNKNOWN_CODE}/participants/user-123/"
ENDPOINTS = [
    ("POST", "meetings/"),
    ("GET", "meetings/"),
    ("GET", f"meetings/{UNKNOWN_CODE}/"),
    ("DELETE", f"meetings/{UNKNOWN_CODE}/"),
    ("POST", f"meetings/{UNKNOWN_CODE}/cancel/"),
    ("POST", f"meetings/{UNKNOWN_CODE}/participants/"),
    ("GET", f"meetings/{UNKNOWN_CODE}/participants/"),
    ("GET", SOMEBODY),
    ("DELETE", SOMEBODY),
    ("GET", "account/"),
    ("GET", "account/ledger/"),
]


def test_a_key_opens_the_api(api: Api) -> None:
    assert api.get("meetings/").status_code == 200


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_every_endpoint_wants_a_key(db: None, method: str, path: str) -> None:
    response: Any = Client().generic(method, f"/api/v1/{path}")
    body = response.json()
    assert response.status_code == 401
    assert list(body) == ["error", "detail", "code", "request_id"]
    assert body == {**INVALID, "code": "invalid_api_key", "request_id": response["X-Request-ID"]}


@pytest.mark.parametrize("key", ["", "your_api_key_here", "upk_abcdefghij_secret", "ключ", "\xff\0"])
def test_an_unknown_key_is_invalid(db: None, key: str) -> None:
    response = Api(key).get("meetings/")
    assert response.status_code == 401
    assert response.json()["error"] == "Invalid API key"


def test_an_expired_key_is_invalid(api: Api) -> None:
    ApiKey.objects.update(expires_at=timezone.now())
    assert api.get("meetings/").status_code == 401


def test_a_deleted_key_is_invalid(api: Api) -> None:
    ApiKey.objects.all().delete()
    assert api.get("meetings/").status_code == 401


def test_a_key_that_is_switched_off_is_inactive(api: Api) -> None:
    ApiKey.objects.update(is_active=False)
    response = api.get("meetings/")
    assert response.status_code == 403
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "API key inactive"


def test_a_key_of_a_switched_off_customer_is_inactive(api: Api) -> None:
    Customer.objects.update(is_active=False)
    assert api.get("meetings/").status_code == 403


def test_a_path_that_there_is_not_is_404_before_any_key(db: None) -> None:
    assert Client().get("/api/v1/nothing/").status_code == 404


def test_a_key_comes_before_the_method_and_the_body(db: None) -> None:
    assert Client().put("/api/v1/meetings/", b"{", "text/plain").status_code == 401


def test_the_day_of_the_last_use_is_kept(api: Api) -> None:
    api.get("meetings/")
    assert ApiKey.objects.get().last_used_on == timezone.now().date()


def test_an_admin_session_is_no_key(admin_client: Client) -> None:
    assert admin_client.get("/api/v1/meetings/").status_code == 401


# A key's row is gone by for a second


def reads(asked: CaptureQueriesContext) -> int:
    """How often a key was looked for."""
    return sum('FROM "customers_apikey"' in query["sql"] for query in asked)


REVOCATIONS: list[tuple[Callable[[], object], int]] = [
    (lambda: ApiKey.objects.update(is_active=False), 403),
    (lambda: Customer.objects.update(is_active=False), 403),
    (lambda: ApiKey.objects.update(expires_at=timezone.now()), 401),
    (lambda: ApiKey.objects.all().delete(), 401),
]


def test_it_is_read_once_a_second(api: Api, key_clock: KeyClock) -> None:
    with CaptureQueriesContext(connection) as asked:
        for _ in range(3):
            api.get("meetings/")
    assert reads(asked) == 1


@pytest.mark.parametrize(("revoke", "status"), REVOCATIONS)
def test_a_key_that_was_just_used_opens_nothing_a_second_after_its_revocation(
    api: Api, key_clock: KeyClock, revoke: Callable[[], object], status: int
) -> None:
    assert api.get("meetings/").status_code == 200
    revoke()
    key_clock.seconds += 1.0
    assert api.get("meetings/").status_code == status
    assert api.get("meetings/").status_code == status


def test_nor_was_that_second_begun_anew_by_using_it(api: Api, key_clock: KeyClock) -> None:
    api.get("meetings/")
    ApiKey.objects.update(is_active=False)
    key_clock.seconds += 0.9
    assert api.get("meetings/").status_code == 200
    key_clock.seconds += 0.1
    assert api.get("meetings/").status_code == 403


def test_the_second_begins_before_the_row_is_read_however_long_that_takes(
    api: Api, key_clock: KeyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = models.read

    def read_slowly(prefix: str) -> ApiKey | None:
        row = read(prefix)
        ApiKey.objects.update(is_active=False)
        key_clock.seconds += 1.0
        return row

    monkeypatch.setattr(models, "read", read_slowly)
    assert [api.get("meetings/").status_code for _ in range(2)] == [200, 403]


def test_a_key_that_was_just_used_expires_at_its_moment(customer: Customer, key_clock: KeyClock) -> None:
    api = Api(str(issue(customer, expires_at=noon(1))[1]))
    with time_machine.travel(NOON, tick=False) as time:
        assert api.get("meetings/").status_code == 200
        time.shift(1)
        assert api.get("meetings/").status_code == 401


def test_a_wrong_secret_is_not_taken_for_the_one_that_was_just_used(
    customer: Customer, key_clock: KeyClock
) -> None:
    _, key = issue(customer)
    assert Api(str(key)).get("meetings/").status_code == 200
    assert Api(f"upk_{key.prefix}_{'x' * 37}").get("meetings/").status_code == 401


def test_of_unknown_keys_none_is_kept(db: None) -> None:
    keys = authentication.RecentKeys()
    assert [keys.read(f"unknown{number:03}") for number in range(100)] == [None] * 100
    assert keys.kept == 0


def test_no_more_are_kept_than_there_is_room_for(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "MOST", 3)
    keys = authentication.RecentKeys()
    issued = [issue(customer)[0] for _ in range(10)]
    assert [keys.read(row.prefix) for row in issued] == issued
    assert 0 < keys.kept <= 3
