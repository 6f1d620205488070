from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from billing import ledger
from billing.models import CreditAccount, LedgerEntry
from customers.models import Customer, issue
from meetings.models import Meeting
from tests.api.conftest import bill
from tests.conftest import NOON, Api, noon


def this_month(api: Api) -> Any:
    return api.get("account/").json()["usage_this_month"]


def another(meeting: Meeting) -> Meeting:
    """One more meeting of the same customer."""
    return Meeting.objects.create(customer=meeting.customer, created_at=NOON)


@time_machine.travel(NOON)
def test_it_shows_the_account(api: Api, meeting: Meeting) -> None:
    Customer.objects.update(overdraft_limit=Decimal("2.5"))
    bill(meeting, 4500, noon(-60))
    response = api.get("account/")
    body = response.json()
    assert response.status_code == 200
    assert body == {
        "customer": "your-company",
        "credits_balance": 148.75,
        "overdraft_limit": 2.5,
        "usage_this_month": {"month": "2026-03", "credits": 1.25, "seconds": 4500, "meetings": 1},
    }
    assert list(body) == ["customer", "credits_balance", "overdraft_limit", "usage_this_month"]
    assert list(body["usage_this_month"]) == ["month", "credits", "seconds", "meetings"]


def test_a_missing_slash_is_accepted(api: Api) -> None:
    assert api.get("account").json() == api.get("account/").json()


@time_machine.travel(NOON)
def test_who_was_given_nothing_and_used_nothing_has_numbers_too(db: None) -> None:
    new = Customer.objects.create(slug="new")
    assert Api(str(issue(new)[1])).get("account/").json() == {
        "customer": "new",
        "credits_balance": 0.0,
        "overdraft_limit": 0.0,
        "usage_this_month": {"month": "2026-03", "credits": 0.0, "seconds": 0, "meetings": 0},
    }
    assert not CreditAccount.objects.filter(customer=new).exists()


@pytest.mark.parametrize("credits", ["0.1234", "-0.0001", "9999999999.9999", "-9999999999.9999"])
def test_credits_are_numbers_that_lose_none_of_their_decimals(api: Api, credits: str) -> None:
    CreditAccount.objects.update(balance=credits)
    Customer.objects.update(overdraft_limit=abs(Decimal(credits)))
    content = api.get("account/").content.decode()
    limit = credits.removeprefix("-")
    assert f'"credits_balance":{credits},"overdraft_limit":{limit},' in content


def test_a_balance_below_0_is_shown_as_it_is(api: Api, meeting: Meeting) -> None:
    bill(meeting, 151 * 3600, NOON)
    assert api.get("account/").json()["credits_balance"] == -1.0


def test_the_balance_is_the_one_that_the_newest_entry_states(api: Api, meeting: Meeting) -> None:
    bill(meeting, 1234, NOON)
    newest = api.get("account/ledger/?limit=1").json()["entries"][0]
    assert api.get("account/").json()["credits_balance"] == newest["balance_after"] == 149.6572


# Usage of this month


@pytest.mark.parametrize(
    ("written_at", "read_at", "is_counted"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), NOON, True),
        (datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC), NOON, False),
        (datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=UTC), NOON, True),
        (datetime(2026, 4, 1, tzinfo=UTC), NOON, False),
        (NOON, datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), True),
        (NOON, datetime(2026, 4, 1, tzinfo=UTC), False),
        (NOON, datetime(2027, 3, 1, 12, tzinfo=UTC), False),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), True),
        (datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC), True),
    ],
)
def test_a_month_is_one_of_utc(
    api: Api, meeting: Meeting, written_at: datetime, read_at: datetime, is_counted: bool
) -> None:
    bill(meeting, 3600, written_at)
    with time_machine.travel(read_at, tick=False):
        shown = this_month(api)
    expected = (1.0, 3600, 1) if is_counted else (0.0, 0, 0)
    assert shown["month"] == read_at.strftime("%Y-%m")
    assert (shown["credits"], shown["seconds"], shown["meetings"]) == expected


@time_machine.travel(NOON)
def test_a_meeting_of_several_entries_is_counted_once(api: Api, meeting: Meeting) -> None:
    for minute in range(3):
        bill(meeting, 600, noon(minute * 60))
    bill(another(meeting), 900, NOON)
    assert this_month(api) == {"month": "2026-03", "credits": 0.7501, "seconds": 2700, "meetings": 2}


@time_machine.travel(NOON)
def test_corrections_are_set_off(api: Api, meeting: Meeting) -> None:
    bill(meeting, 4500, NOON)
    bill(meeting, -900, noon(60))
    assert this_month(api) == {"month": "2026-03", "credits": 1.0, "seconds": 3600, "meetings": 1}


@time_machine.travel(NOON)
def test_a_meeting_that_became_free_again_counts_nothing(api: Api, meeting: Meeting) -> None:
    bill(meeting, 600, NOON)
    bill(meeting, -600, noon(60))
    bill(another(meeting), 3600, NOON)
    assert this_month(api) == {"month": "2026-03", "credits": 1.0, "seconds": 3600, "meetings": 1}


@time_machine.travel(NOON)
def test_what_is_given_back_for_an_earlier_month_lowers_this_one(api: Api, meeting: Meeting) -> None:
    bill(meeting, 3600, noon(-86400))
    bill(meeting, -600, NOON)
    assert this_month(api) == {"month": "2026-03", "credits": -0.1667, "seconds": -600, "meetings": 0}


@time_machine.travel(NOON)
def test_grants_refunds_and_adjustments_are_no_usage(api: Api, customer: Customer, meeting: Meeting) -> None:
    bill(meeting, 3600, NOON)
    ledger.grant(customer, Decimal(5), "", NOON)
    ledger.adjust(customer, Decimal(-2), "", NOON)
    ledger.write(
        LedgerEntry(customer=customer, kind="refund", amount=Decimal("0.5"), meeting=meeting, created_at=NOON)
    )
    assert this_month(api) == {"month": "2026-03", "credits": 1.0, "seconds": 3600, "meetings": 1}
    assert api.get("account/").json()["credits_balance"] == 152.5


# Overdraft


@pytest.mark.parametrize(("balance", "status"), [("-1.9999", 201), ("-2", 402), ("-2.0001", 402)])
def test_an_overdraft_lets_a_meeting_be_created_below_0(api: Api, balance: str, status: int) -> None:
    CreditAccount.objects.update(balance=balance)
    Customer.objects.update(overdraft_limit=2)
    response = api.post("meetings/")
    assert response.status_code == status
    assert response.json().get("credits_balance") == (float(balance) if status == 201 else None)


def test_who_was_never_given_credits_may_live_on_an_overdraft(db: None) -> None:
    poor = Customer.objects.create(slug="poor", overdraft_limit="0.0001")
    response = Api(str(issue(poor)[1])).post("meetings/")
    assert response.status_code == 201
    assert b'"credits_balance":0.0,' in response.content


# Asked otherwise


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_it_is_only_read(api: Api, method: str) -> None:
    response = api.call(method, "account/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_what_no_text_can_hold_is_refused_in_the_query(api: Api) -> None:
    assert api.get("account/?x=%00").status_code == 400


@time_machine.travel(NOON)
def test_many_meetings_cost_no_more_queries_than_none(
    api: Api, meeting: Meeting, django_assert_max_num_queries: Any
) -> None:
    api.get("account/")
    for _ in range(20):
        bill(another(meeting), 3600, NOON)
    with django_assert_max_num_queries(3):  # the key, the balance, the month
        assert this_month(api)["meetings"] == 20
