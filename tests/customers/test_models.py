from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import keys
from customers.errors import ApiKeyInactive, InvalidApiKey
from customers.models import ApiKey, Customer, find, issue
from tests.conftest import NOON


def test_an_issued_key_is_found(customer: Customer) -> None:
    row, key = issue(customer, "backend")
    assert find(str(key), NOON) == row
    assert (row.customer, row.name) == (customer, "backend")


def test_the_secret_is_kept_nowhere(customer: Customer) -> None:
    row, key = issue(customer)
    kept = ApiKey.objects.filter(pk=row.pk).values_list().get()
    assert key.secret not in "".join(map(str, kept))
    assert key.secret not in str(row)


def test_a_customer_may_have_several_keys(customer: Customer) -> None:
    found = [find(str(issue(customer, name)[1]), NOON) for name in ("old", "new")]
    assert [row.name for row in found] == ["old", "new"]


def test_a_right_prefix_with_a_wrong_secret_is_invalid(customer: Customer) -> None:
    _, key = issue(customer)
    with pytest.raises(InvalidApiKey):
        find(str(keys.Key(key.prefix, "x" * keys.SECRET_LENGTH)), NOON)


@pytest.mark.parametrize("text", ["", "nonsense", "upk_abcdefghij_" + "x" * keys.SECRET_LENGTH])
def test_an_unknown_key_is_invalid(db: None, text: str) -> None:
    with pytest.raises(InvalidApiKey):
        find(text, NOON)


def test_a_deleted_key_is_invalid(customer: Customer) -> None:
    row, key = issue(customer)
    row.delete()
    with pytest.raises(InvalidApiKey):
        find(str(key), NOON)


def test_a_key_expires_at_its_very_second(customer: Customer) -> None:
    row, key = issue(customer, expires_at=NOON)
    assert find(str(key), NOON - timedelta(seconds=1)) == row
    with pytest.raises(InvalidApiKey):
        find(str(key), NOON)


def test_a_key_that_is_switched_off_is_inactive(customer: Customer) -> None:
    row, key = issue(customer)
    ApiKey.objects.filter(pk=row.pk).update(is_active=False)
    with pytest.raises(ApiKeyInactive):
        find(str(key), NOON)


def test_every_key_of_a_switched_off_customer_is_inactive(customer: Customer) -> None:
    _, key = issue(customer)
    Customer.objects.filter(pk=customer.pk).update(is_active=False)
    with pytest.raises(ApiKeyInactive):
        find(str(key), NOON)


def test_a_switched_off_key_that_also_expired_is_invalid(customer: Customer) -> None:
    row, key = issue(customer, expires_at=NOON)
    ApiKey.objects.filter(pk=row.pk).update(is_active=False)
    with pytest.raises(InvalidApiKey):
        find(str(key), NOON)


def test_the_day_of_use_is_written_once_a_day(customer: Customer) -> None:
    row, key = issue(customer)
    row.touch_last_used(NOON)
    with CaptureQueriesContext(connection) as queries:
        find(str(key), NOON).touch_last_used(NOON)
    assert len(queries) == 1  # the look-up alone
    find(str(key), NOON).touch_last_used(NOON + timedelta(days=1))
    row.refresh_from_db()
    assert row.last_used_on == (NOON + timedelta(days=1)).date()
