from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import ApiKey, Customer
from tests.conftest import UNKNOWN_CODE, Api

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
