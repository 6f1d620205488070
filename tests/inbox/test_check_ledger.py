"""What the command prints and how it exits; the checks have tests of their own."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.models import CreditAccount
from customers.models import Customer
from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import connected, noon


def check(*options: str) -> tuple[int | str | None, list[str]]:
    """The exit status, and the lines."""
    out = StringIO()
    try:
        call_command("check_ledger", *options, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def spoil(customer: Customer) -> None:
    CreditAccount.objects.filter(customer=customer).update(balance=149)


def test_a_right_ledger_is_reported_in_one_line(customer: Customer, stranger: Customer) -> None:
    assert check() == (0, ["Looked at 2 customers, 0 meetings, 2 entries: nothing wrong."])


def test_where_nobody_is_nothing_is_wrong(db: None) -> None:
    assert check() == (0, ["Looked at 0 customers, 0 meetings, 0 entries: nothing wrong."])


def test_what_is_wrong_is_reported_and_the_status_is_1(customer: Customer, stranger: Customer) -> None:
    spoil(customer)
    status, [sentence, closing] = check()
    assert status == 1
    assert sentence.startswith("your-company: the balance is 149.0000")
    assert closing == "Looked at 2 customers, 0 meetings, 2 entries: 1 thing wrong."


def test_each_thing_has_a_line(customer: Customer, stranger: Customer) -> None:
    spoil(customer)
    spoil(stranger)
    status, lines = check()
    assert (status, len(lines)) == (1, 3)
    assert lines[-1].endswith("2 things wrong.")


def test_a_meeting_of_which_nothing_was_billed_is_looked_at(person: Participant) -> None:
    connected(person, noon(0), noon(3600))
    status, [sentence, closing] = check()
    assert status == 1
    assert person.meeting.code in sentence
    assert closing == "Looked at 1 customer, 1 meeting, 1 entry: 1 thing wrong."


def test_one_customer_is_looked_at_alone(customer: Customer, stranger: Customer, meeting: Meeting) -> None:
    spoil(stranger)
    expected = "Looked at 1 customer, 0 meetings, 1 entry: nothing wrong."
    assert check("--customer=your-company") == (0, [expected])
    assert check("--customer=stranger")[0] == 1


@pytest.mark.parametrize("slug", ["nobody", "", "a\0b", "\udcff"])
def test_a_customer_that_is_not_there_is_reported(customer: Customer, slug: str) -> None:
    with pytest.raises(CommandError, match="--customer: there is no customer"):
        check(f"--customer={slug}")


def test_it_changes_nothing(customer: Customer) -> None:
    spoil(customer)
    check()
    assert CreditAccount.objects.get().balance == 149


@pytest.mark.parametrize(("minutes", "status"), [(2, 0), (4, 1)])
def test_a_webhook_that_nobody_applied_is_reported_once_it_is_old(
    db: None, minutes: int, status: int
) -> None:
    InboundWebhook.objects.create(
        event_id="EV_1", body={}, received_at=timezone.now() - timedelta(minutes=minutes)
    )
    found, lines = check()
    assert found == status
    assert any(line.startswith("LiveKit's webhook EV_1 waits since") for line in lines) is bool(status)


def test_an_applied_webhook_is_not_reported(db: None) -> None:
    old = timezone.now() - timedelta(days=1)
    InboundWebhook.objects.create(event_id="EV_1", body={}, received_at=old, applied_at=old)
    assert check()[0] == 0
