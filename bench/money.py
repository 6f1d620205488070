"""What grows with a customer's history, and what must not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection

from bench.measuring import median, show
from billing import ledger, settling
from billing.models import CreditAccount, EntryKind, LedgerEntry
from customers.models import Customer
from meetings.models import Meeting
from participants.models import Connection, Participant

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANY = 100_000


def bench() -> None:
    young, old = with_entries("young", 10), with_entries("old", MANY)
    few = median(lambda: ledger.balance(young))
    show(f"a balance of {MANY:,} entries", median(lambda: ledger.balance(old)), "one of 10 entries", few)
    lone, full = with_people(young, 1), with_people(young, 25)
    alone = median(lambda: settle_again(lone))
    show("settling a meeting of 25 people", median(lambda: settle_again(full)), "of one person", alone)
    calm = median(settling.due)
    with_past_connections(young)
    show(f"finding what is due among {MANY:,} connections", median(settling.due), "among 26", calm)


def with_entries(slug: str, number: int) -> Customer:
    customer = Customer.objects.create(slug=slug)
    CreditAccount.objects.create(customer=customer, balance=number)
    facts = {"customer": customer, "kind": EntryKind.GRANT, "amount": Decimal(1), "created_at": NOON}
    LedgerEntry.objects.bulk_create(LedgerEntry(balance_after=place + 1, **facts) for place in range(number))
    return customer


def with_people(customer: Customer, number: int) -> Meeting:
    """A meeting in which each of so many people was four times, half an hour long."""
    meeting = Meeting.objects.create(customer=customer, created_at=NOON)
    for place in range(number):
        person = Participant.objects.create(meeting=meeting, display_name=f"Guest {place}", created_at=NOON)
        Connection.objects.bulk_create(
            connection_row(person, f"{meeting.pk} {place} {visit}", visit) for visit in range(4)
        )
    return meeting


def connection_row(person: Participant, sid: str, visit: int, settled_version: int = 0) -> Connection:
    came = NOON + timedelta(hours=visit)
    went = came + timedelta(minutes=30)
    facts = {
        "joined_at": came,
        "left_at": went,
        "last_seen_at": went,
        "unsettled_since": came,
        "created_at": came,
    }
    return Connection(
        meeting=person.meeting, participant=person, sid=sid, settled_version=settled_version, **facts
    )


def settle_again(meeting: Meeting) -> None:
    """One of its connections has changed since."""
    one = Connection.objects.of(meeting).values("pk")[:1]
    Connection.objects.filter(pk__in=one).change(NOON)
    settling.settle(meeting.pk, NOON)


def with_past_connections(customer: Customer) -> None:
    person = Participant.objects.of(with_people(customer, 1)).get()
    settling.settle(person.meeting.pk, NOON)
    connections = (
        connection_row(person, f"past {number}", number % 100, settled_version=1) for number in range(MANY)
    )
    Connection.objects.bulk_create(connections, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE participants_connection")  # as PostgreSQL does by itself in time
