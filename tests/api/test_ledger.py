from decimal import Decimal
from typing import Any

import pytest

from billing import ledger
from billing.models import LedgerEntry
from customers.models import Customer, issue
from meetings.models import Meeting
from tests.api.conftest import bill
from tests.conftest import NOON, Api, noon

FIELDS = [
    "id",
    "kind",
    "credits",
    "balance_after",
    "meeting_code",
    "seconds",
    "reason",
    "created_at",
]


def entries(api: Api, query: str = "") -> Any:
    return api.get(f"account/ledger/{query}").json()["entries"]


def refund(meeting: Meeting, credits: str) -> LedgerEntry:
    return ledger.write(
        LedgerEntry(
            customer=meeting.customer,
            kind="refund",
            amount=Decimal(credits),
            meeting=meeting,
            reason="a bad line",
            created_at=noon(120),
        )
    )


def one_of_each(customer: Customer, meeting: Meeting) -> None:
    """After the grant that the customer began with."""
    bill(meeting, 4500, noon(60.9))
    refund(meeting, "0.25")
    ledger.adjust(customer, Decimal("-0.0001"), "a cent of a cent", noon(180))


def test_it_lists_the_entries_newest_first(api: Api, customer: Customer, meeting: Meeting) -> None:
    one_of_each(customer, meeting)
    response = api.get("account/ledger/")
    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["entries", "count", "limit", "offset"]
    assert (body["count"], body["limit"], body["offset"]) == (4, 50, 0)
    assert [list(entry) for entry in body["entries"]] == [FIELDS] * 4
    assert [entry["kind"] for entry in body["entries"]] == ["adjustment", "refund", "usage", "grant"]
    ids = [entry["id"] for entry in body["entries"]]
    assert ids == sorted(ids, reverse=True) == list(LedgerEntry.objects.values_list("pk", flat=True))


def test_usage_names_its_meeting_and_its_seconds(api: Api, customer: Customer, meeting: Meeting) -> None:
    used = bill(meeting, 4500, noon(60.9))
    assert entries(api)[0] == {
        "id": used.pk,
        "kind": "usage",
        "credits": -1.25,
        "balance_after": 148.75,
        "meeting_code": meeting.code,
        "seconds": 4500,
        "reason": "",
        "created_at": "2026-03-01T12:01:00Z",
    }


def test_usage_that_is_given_back_is_above_0(api: Api, meeting: Meeting) -> None:
    bill(meeting, 4500, NOON)
    bill(meeting, -600, noon(60))
    [back, first, _] = entries(api)
    assert (back["kind"], back["credits"], back["seconds"]) == ("usage", 0.1667, -600)
    assert (first["kind"], first["credits"], first["seconds"]) == ("usage", -1.25, 4500)
    assert (back["balance_after"], first["balance_after"]) == (148.9167, 148.75)


def test_a_grant_is_for_a_reason_and_for_no_meeting(api: Api, customer: Customer) -> None:
    given = ledger.grant(customer, Decimal("10.5"), "ein Geschenk für „Zoë“", NOON)
    assert entries(api)[0] == {
        "id": given.pk,
        "kind": "grant",
        "credits": 10.5,
        "balance_after": 160.5,
        "meeting_code": None,
        "seconds": None,
        "reason": "ein Geschenk für „Zoë“",
        "created_at": "2026-03-01T12:00:00Z",
    }


def test_an_adjustment_may_be_negative(api: Api, customer: Customer) -> None:
    ledger.adjust(customer, Decimal("-0.0001"), "a cent of a cent", NOON)
    [newest, _] = entries(api)
    assert (newest["kind"], newest["credits"], newest["seconds"]) == ("adjustment", -0.0001, None)
    assert (newest["balance_after"], newest["meeting_code"]) == (149.9999, None)


def test_a_refund_may_name_a_meeting_but_no_seconds(api: Api, meeting: Meeting) -> None:
    refund(meeting, "0.25")
    [newest, _] = entries(api)
    assert (newest["kind"], newest["credits"], newest["reason"]) == ("refund", 0.25, "a bad line")
    assert (newest["meeting_code"], newest["seconds"]) == (meeting.code, None)


@pytest.mark.parametrize("credits", ["0.0001", "1234567890.1234", "9999999849.9999"])
def test_credits_are_numbers_that_lose_none_of_their_decimals(
    api: Api, customer: Customer, credits: str
) -> None:
    ledger.grant(customer, Decimal(credits), "", NOON)
    after = Decimal(credits) + 150
    assert f'"credits":{credits},"balance_after":{after},' in api.get("account/ledger/").content.decode()


def test_entries_of_one_moment_come_in_the_order_in_which_they_were_written(
    api: Api, customer: Customer
) -> None:
    for reason in ("first", "second", "third"):
        ledger.grant(customer, Decimal(1), reason, NOON)
    assert [entry["reason"] for entry in entries(api)] == ["third", "second", "first", "a start"]


def test_who_was_never_given_anything_has_an_empty_ledger(db: None) -> None:
    new = Customer.objects.create(slug="new")
    shown = Api(str(issue(new)[1])).get("account/ledger/").json()
    assert shown == {"entries": [], "count": 0, "limit": 50, "offset": 0}


def test_a_page_beyond_the_end_is_empty(api: Api) -> None:
    body = api.get("account/ledger/?offset=1000000").json()
    assert (body["entries"], body["count"]) == ([], 1)


def test_a_missing_slash_is_accepted(api: Api) -> None:
    assert api.get("account/ledger").json() == api.get("account/ledger/").json()


# Pages


def test_a_page_is_cut_from_the_whole(api: Api, customer: Customer) -> None:
    for number in range(4):
        ledger.grant(customer, Decimal(1), str(number), NOON)
    body = api.get("account/ledger/?limit=2&offset=1").json()
    assert [entry["reason"] for entry in body["entries"]] == ["2", "1"]
    assert (body["count"], body["limit"], body["offset"]) == (5, 2, 1)


@pytest.mark.parametrize("limit", [1, 100])
def test_limits_up_to_a_hundred_are_served(api: Api, limit: int) -> None:
    assert api.get(f"account/ledger/?limit={limit}").json()["limit"] == limit


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1_0",
        "offset=%D9%A1",
        "limit=101",
        "limit=",
        "limit=ten",
        "offset=-1",
        "offset=",
        "offset=99999999999999999999",
        "kind=",
        "kind=GRANT",
        "kind=gift",
        "kind=null",
        "kind=grant,usage",
        "kind=%00",
        "kind=%ED%A0%80",
    ],
)
def test_senseless_parameters_are_refused(api: Api, query: str) -> None:
    response = api.get(f"account/ledger/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == ["error", "detail", "code", "fields", "request_id"]
    assert list(response.json()["fields"]) == [query.partition("=")[0]]


# By kind


@pytest.mark.parametrize("kind", ["grant", "usage", "refund", "adjustment"])
def test_it_filters_by_kind(api: Api, customer: Customer, meeting: Meeting, kind: str) -> None:
    one_of_each(customer, meeting)
    body = api.get(f"account/ledger/?kind={kind}").json()
    assert [entry["kind"] for entry in body["entries"]] == [kind]
    assert body["count"] == 1


def test_a_page_is_cut_from_what_the_filter_leaves(api: Api, customer: Customer, meeting: Meeting) -> None:
    one_of_each(customer, meeting)
    ledger.grant(customer, Decimal(1), "new", NOON)
    body = api.get("account/ledger/?kind=grant&limit=1&offset=1").json()
    assert [entry["reason"] for entry in body["entries"]] == ["a start"]
    assert (body["count"], body["limit"], body["offset"]) == (2, 1, 1)


# Asked otherwise


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_it_is_only_read(api: Api, method: str) -> None:
    response = api.call(method, "account/ledger/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert LedgerEntry.objects.count() == 1


def test_a_hundred_entries_cost_no_more_queries_than_one(
    api: Api, customer: Customer, django_assert_max_num_queries: Any
) -> None:
    api.get("account/ledger/")
    for _ in range(99):
        bill(Meeting.objects.create(customer=customer, created_at=NOON), 3600, NOON)
    with django_assert_max_num_queries(3):  # the key, the entries with their meetings, the count
        shown = entries(api, "?limit=100")
    assert len({entry["meeting_code"] for entry in shown}) == 100
