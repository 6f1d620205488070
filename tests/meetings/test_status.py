from datetime import datetime
from typing import Any

import pytest

from customers.models import Customer
from meetings.models import Meeting, Status
from tests.conftest import NOON, noon

CASES: list[tuple[dict[str, datetime], Status]] = [
    ({}, Status.ACTIVE),
    ({"start_date_time": noon(3600)}, Status.ACTIVE),
    ({"start_date_time": noon(-3600)}, Status.ACTIVE),
    ({"expires_at": noon(1)}, Status.ACTIVE),
    ({"expires_at": NOON}, Status.EXPIRED),
    ({"expires_at": noon(-1)}, Status.EXPIRED),
    ({"cancelled_at": noon(-1)}, Status.EXPIRED),
    ({"ended_at": noon(-1)}, Status.ENDED),
    ({"ended_at": noon(-9), "expires_at": noon(-1)}, Status.ENDED),
]


def made(customer: Customer, **facts: Any) -> Meeting:
    return Meeting.objects.create(customer=customer, created_at=noon(-7200), **facts)


@pytest.mark.parametrize(("facts", "status"), CASES)
def test_status_follows_from_the_times(
    customer: Customer, facts: dict[str, datetime], status: Status
) -> None:
    meeting = made(customer, **facts)
    assert meeting.status(NOON) is status
    assert (meeting.over_since(NOON) is None) == (status is Status.ACTIVE)


@pytest.mark.parametrize(("facts", "status"), CASES)
def test_the_filter_agrees_with_the_status(
    customer: Customer, facts: dict[str, datetime], status: Status
) -> None:
    meeting = made(customer, **facts)
    for asked in Status:
        found = Meeting.objects.with_status(asked, NOON)
        assert list(found) == ([meeting] if asked is status else [])


def test_a_meeting_is_over_since_it_ended_or_was_cancelled_or_expired(customer: Customer) -> None:
    assert made(customer, ended_at=noon(-9), expires_at=noon(-1)).over_since(NOON) == noon(-9)
    assert made(customer, cancelled_at=noon(-8), expires_at=noon(-1)).over_since(NOON) == noon(-8)
    assert made(customer, expires_at=noon(-1)).over_since(NOON) == noon(-1)


def test_a_meeting_ends_once(customer: Customer) -> None:
    meeting = made(customer)
    assert meeting.mark_ended(NOON)
    assert not meeting.mark_ended(noon(5))
    meeting.refresh_from_db()
    assert meeting.ended_at == NOON


@pytest.mark.parametrize("facts", [{"cancelled_at": NOON}, {"expires_at": NOON}])
def test_what_is_expired_does_not_end(customer: Customer, facts: dict[str, datetime]) -> None:
    assert not made(customer, **facts).mark_ended(NOON)


def test_a_meeting_is_of_its_customer(customer: Customer, stranger: Customer) -> None:
    meeting = made(customer)
    assert list(Meeting.objects.of(customer)) == [meeting]
    assert not Meeting.objects.of(stranger).exists()


def test_meetings_come_newest_first(customer: Customer) -> None:
    first, second = made(customer), made(customer)
    newest = Meeting.objects.create(customer=customer, created_at=NOON)
    assert list(Meeting.objects.all()) == [newest, second, first]


def test_the_join_url_is_the_public_address_and_the_code(customer: Customer, settings: Any) -> None:
    settings.PUBLIC_URL = "https://meet.example.com"
    meeting = made(customer, code="BCDF-GHJK-MNPR")
    assert meeting.join_url == "https://meet.example.com/BCDF-GHJK-MNPR/"
