"""A month on paper: its lines add up, and no spreadsheet program runs them."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import ledger
from billing.models import EntryKind, LedgerEntry
from billing.statement import statement
from customers.models import Customer
from meetings.models import Meeting

HEAD = "date,kind,meeting_code,seconds,credits,balance,reason"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture
def new(db: None) -> Customer:
    """A customer of whom nothing was written yet."""
    return Customer.objects.create(slug="new")


def day(number: float) -> datetime:
    """So many days after the month began."""
    return FIRST + timedelta(days=number)


def meeting_of(customer: Customer) -> Meeting:
    return Meeting.objects.create(customer=customer, created_at=FIRST)


def write(
    customer: Customer, at: datetime, amount: str, kind: str = "adjustment", reason: str = ""
) -> LedgerEntry:
    entry = LedgerEntry(customer=customer, kind=kind, amount=Decimal(amount), created_at=at, reason=reason)
    return ledger.write(entry)


def use(meeting: Meeting, at: datetime, amount: str, seconds: int) -> None:
    facts = {"amount": Decimal(amount), "seconds": seconds, "created_at": at}
    ledger.write(LedgerEntry(customer=meeting.customer, kind=EntryKind.USAGE, meeting=meeting, **facts))


def printed(slug: str = "new", month: str = "2026-11") -> str:
    out = StringIO()
    call_command("statement", f"--customer={slug}", f"--month={month}", stdout=out)
    return out.getvalue()


def rows(slug: str = "new", month: str = "2026-11") -> list[str]:
    return printed(slug, month).split("\r\n")[1:-1]


def between(customer: Customer) -> list[str]:
    """The lines between the balances."""
    return rows(customer.slug)[1:-1]


# What is on it


def test_a_month_is_printed_line_by_line(new: Customer) -> None:
    meeting = meeting_of(new)
    write(new, day(-1), "100", "grant", "Welcome")
    use(meeting, day(2), "-1.5", 5400)
    write(new, day(3), "0.5", "refund", "The line was bad")
    write(new, day(4), "-0.0001", reason="Rounding")
    write(new, day(31), "7", "grant", "December")
    assert printed().split("\r\n") == [
        HEAD,
        "2026-11-01,opening balance,,,,100.0000,",
        f"2026-11-03,usage,{meeting.code},5400,-1.5000,98.5000,",
        "2026-11-04,refund,,,0.5000,99.0000,The line was bad",
        "2026-11-05,adjustment,,,-0.0001,98.9999,Rounding",
        "2026-11-30,closing balance,,,,98.9999,",
        "",
    ]


def test_a_refund_may_name_its_meeting(new: Customer) -> None:
    meeting = meeting_of(new)
    refund = LedgerEntry(customer=new, kind=EntryKind.REFUND, amount=1, meeting=meeting, created_at=day(1))
    ledger.write(refund)
    use(meeting, day(2), "-1", 3600)
    assert between(new) == [
        f"2026-11-02,refund,{meeting.code},,1.0000,1.0000,",
        f"2026-11-03,usage,{meeting.code},3600,-1.0000,0.0000,",
    ]


def test_a_meeting_has_one_line_dated_by_its_last_entry(new: Customer) -> None:
    meeting, other = meeting_of(new), meeting_of(new)
    for minute in range(60):
        use(meeting, day(1) + timedelta(minutes=minute), "-0.0167", 60)
    use(other, day(1) + timedelta(minutes=30), "-1", 3600)
    use(meeting, day(9), "0.0020", 0)
    assert between(new) == [
        f"2026-11-02,usage,{other.code},3600,-1.0000,-1.0000,",
        f"2026-11-10,usage,{meeting.code},3600,-1.0000,-2.0000,",
    ]


def test_usage_that_came_to_nothing_is_left_out(new: Customer) -> None:
    meeting = meeting_of(new)
    use(meeting, day(1), "-1", 3600)
    use(meeting, day(2), "1", -3600)
    assert between(new) == []


@pytest.mark.parametrize(("credits", "seconds"), [("0.0001", -3600), ("1", -3599)])
def test_usage_that_came_to_nothing_in_seconds_or_credits_alone_is_reported(
    new: Customer, credits: str, seconds: int
) -> None:
    meeting = meeting_of(new)
    use(meeting, day(1), "-1", 3600)
    use(meeting, day(2), credits, seconds)
    assert len(between(new)) == 1


def test_what_is_given_back_of_an_earlier_month_is_reported(new: Customer) -> None:
    meeting = meeting_of(new)
    use(meeting, day(-1), "-1", 3600)
    use(meeting, day(0), "0.25", -900)
    assert rows() == [
        "2026-11-01,opening balance,,,,-1.0000,",
        f"2026-11-01,usage,{meeting.code},-900,0.2500,-0.7500,",
        "2026-11-30,closing balance,,,,-0.7500,",
    ]


def test_lines_are_in_order_of_time_whatever_was_written_first(new: Customer) -> None:
    write(new, day(5), "2", reason="later")
    write(new, day(3), "1", reason="earlier")
    write(new, day(5), "4", reason="as late but written after it")
    assert [line.rpartition(",")[0] for line in between(new)] == [
        "2026-11-04,adjustment,,,1.0000,1.0000",
        "2026-11-06,adjustment,,,2.0000,3.0000",
        "2026-11-06,adjustment,,,4.0000,7.0000",
    ]


def test_a_customer_of_whom_nothing_was_written_has_two_lines(new: Customer) -> None:
    assert rows(month="2028-02") == [
        "2028-02-01,opening balance,,,,0.0000,",
        "2028-02-29,closing balance,,,,0.0000,",
    ]


def test_the_month_is_utc_s_to_the_last_microsecond(new: Customer) -> None:
    for number, at in enumerate(
        (FIRST - timedelta(microseconds=1), FIRST, LAST, LAST + timedelta.resolution)
    ):
        write(new, at, str(10**number))
    assert rows() == [
        "2026-11-01,opening balance,,,,1.0000,",
        "2026-11-01,adjustment,,,10.0000,11.0000,",
        "2026-11-30,adjustment,,,100.0000,111.0000,",
        "2026-11-30,closing balance,,,,111.0000,",
    ]


def test_december_ends_with_the_year(new: Customer) -> None:
    write(new, datetime(2026, 12, 31, 23, tzinfo=UTC), "1")
    write(new, datetime(2027, 1, 1, tzinfo=UTC), "2")
    assert rows(month="2026-12")[-1] == "2026-12-31,closing balance,,,,1.0000,"


def test_nothing_of_another_customer_is_on_it(new: Customer, stranger: Customer) -> None:
    write(stranger, day(1), "3")
    use(meeting_of(stranger), day(1), "-1", 3600)
    assert between(new) == []


# It adds up

AMOUNTS = st.decimals("-99", "99", places=4).filter(bool)
ENTRIES = st.lists(st.tuples(st.integers(-20, 50), AMOUNTS, st.integers(0, 2)))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ENTRIES)
def test_the_lines_add_up_exactly_and_months_follow_one_another(
    db: None, entries: list[tuple[int, Decimal, int]]
) -> None:
    customer = Customer.objects.create(slug=f"a-{uuid4()}")
    meetings = (meeting_of(customer), meeting_of(customer))
    for number, amount, which in entries:
        if which < len(meetings):
            use(meetings[which], day(number), str(amount), int(amount) * 3600)
        else:
            write(customer, day(number), str(amount))
    months = [statement(customer, 2026, month) for month in (10, 11, 12)]
    for lines in months:
        came = sum((line.credits for line in lines if line.credits is not None), Decimal(0))
        assert came == lines[-1].balance - lines[0].balance
        assert lines[-1].balance == lines[-2].balance
        for before, after in pairwise(lines):
            assert after.balance == before.balance + (after.credits or 0)
    for month, following in pairwise(months):
        assert month[-1].balance == following[0].balance
    assert months[0][0].balance == 0
    assert months[-1][-1].balance == ledger.balance(customer)


# As a file


@pytest.mark.parametrize(
    "reason",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", '=HYPERLINK("http://x","y")', "-"],
)
def test_a_reason_is_never_a_formula(new: Customer, reason: str) -> None:
    write(new, day(1), "-1", reason=reason)
    line = list(csv.reader(StringIO(printed(), newline="")))[2]
    assert line[6] == f"'{reason}"
    assert (line[4], line[5]) == ("-1.0000", "-1.0000")


@pytest.mark.parametrize(
    "reason", ["1-1", "a=b", "'quoted'", "", "Ünïcode, with a comma", 'a "quote"', "a\nb"]
)
def test_any_other_reason_is_printed_as_it_is(new: Customer, reason: str) -> None:
    write(new, day(1), "1", reason=reason)
    line = list(csv.reader(StringIO(printed(), newline="")))[2]
    assert line[6] == reason


# Mistakes


@pytest.mark.parametrize(
    "month",
    [
        *("2026-13", "2026-00", "November", "", "2026-1", "2026-11-01", "202611", "0000-01", "9999-12"),
        *("2026-11\n", "٢٠٢٦-11"),
    ],
)
def test_a_month_that_is_none_is_reported(new: Customer, month: str) -> None:
    with pytest.raises(CommandError, match="is not a month such as 2026-11"):
        printed(month=month)


@pytest.mark.parametrize("slug", ["nobody", "", "NEW", "a\0b", "\udcff"])
def test_a_customer_that_is_not_there_is_reported(new: Customer, slug: str) -> None:
    with pytest.raises(CommandError, match="--customer: there is no customer"):
        printed(slug)


@pytest.mark.parametrize("option", ["--customer=new", "--month=2026-11"])
def test_both_are_needed(new: Customer, option: str) -> None:
    with pytest.raises(CommandError):
        call_command("statement", option)
