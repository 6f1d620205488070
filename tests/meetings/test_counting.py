"""How meetings are counted by status, however many there are."""

from datetime import datetime
from functools import partial
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from meetings.models import Meeting, Status
from tests.conftest import NOON, noon
from tests.meetings.many import MADE, SHARES, make_many
from tests.plans import indexes_used

MOMENTS = st.none() | st.integers(-3, 3).map(noon)
INDEXES = {
    Status.ACTIVE: {"meetings_by_expiry"},
    Status.ENDED: {"meetings_ended"},
    Status.EXPIRED: {"meetings_by_expiry", "meetings_cancelled"},
}


def made(customer: Customer, facts: tuple[datetime | None, ...]) -> Meeting:
    ended_at, cancelled_at, expires_at = facts
    times: dict[str, Any] = {"ended_at": ended_at, "cancelled_at": cancelled_at, "expires_at": expires_at}
    return Meeting.objects.create(customer=customer, created_at=NOON, **times)


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(MOMENTS, MOMENTS, MOMENTS), max_size=8))
def test_each_meeting_has_one_status_and_is_counted_once(
    customer: Customer, stranger: Customer, facts: list[tuple[datetime | None, ...]]
) -> None:
    Meeting.objects.all().delete()
    made(stranger, (None, None, None))
    meetings = [made(customer, each) for each in facts]
    mine = Meeting.objects.of(customer)
    for status in Status:
        expected = {meeting.pk for meeting in meetings if meeting.status(NOON) is status}
        assert {meeting.pk for meeting in mine.with_status(status, NOON)} == expected
        assert sum(mine.counts_with_status(status, NOON)) == len(expected)
    assert sum(mine.counts_with_status(None, NOON)) == len(meetings)


def test_counting_reads_an_index_of_such_meetings_only(customer: Customer, stranger: Customer) -> None:
    make_many(customer, stranger)
    counts = Meeting.objects.of(customer).counts_with_status
    for status in Status:
        assert sum(counts(status, NOON)) == MADE * SHARES[status]
        assert indexes_used(partial(list, counts(status, NOON)), Meeting) == INDEXES[status]
