"""Whom the services are asked about: customers with many meetings, and with people who come to them."""

from decimal import Decimal
from functools import cache
from typing import Self

from django.utils import timezone

from billing import ledger
from customers.models import Customer, issue
from meetings.models import Meeting
from participants import links
from participants.connections import Connection
from participants.models import Participant
from tests.rows import execute, insert_rows, meeting_code

MEETINGS = 10_000
TABLES = (Meeting, Participant, Connection)


class Owner:
    """A customer with credits, and a key."""

    def __init__(self, slug: str) -> None:
        self.customer = Customer.objects.create(slug=slug)
        ledger.grant(self.customer, Decimal(1_000_000), "a start", timezone.now())
        self.key = str(issue(self.customer)[1])

    def make_meetings(self, start: int, number: int, **columns: str) -> None:
        """Created one a second until now; `start` makes their codes different from others'."""
        insert_rows(
            Meeting,
            f"generate_series(1, {number}) n",
            **{
                "customer_id": str(self.customer.pk),
                "code": meeting_code(f"{start} + n"),
                "topic": "'Standup ' || n",
                "created_at": f"now() - ({number} - n) * interval '1 s'",
                **columns,
            },
        )

    def make_guests(self, **columns: str) -> None:
        """A person in each of the meetings."""
        insert_rows(
            Participant,
            f"meetings_meeting m WHERE m.customer_id = {self.customer.pk}",
            **{
                "meeting_id": "m.id",
                "display_name": "'Ann'",
                "code": "'BCD234'",
                "identity": "'p' || m.id",
                "created_at": "m.created_at",
                **columns,
            },
        )

    def connect(self) -> None:
        """Each person was there for a while."""
        insert_rows(
            Connection,
            f"participants_participant p JOIN meetings_meeting m ON m.id = p.meeting_id "
            f"WHERE m.customer_id = {self.customer.pk}",
            meeting_id="p.meeting_id",
            participant_id="p.id",
            sid="'PA_' || p.id",
            session_id="'abcdefghijkl'",
            joined_at="p.created_at",
            left_at="p.created_at + interval '5 min'",
            last_seen_at="p.created_at + interval '5 min'",
            created_at="p.created_at",
            unsettled_since="p.created_at",
            version="1",
            settled_version="1",
        )

    @property
    def codes(self) -> list[str]:
        return list(Meeting.objects.filter(customer=self.customer).values_list("code", flat=True))


class World:
    def __init__(self) -> None:
        self.reader, self.maker, self.host = Owner("reader"), Owner("maker"), Owner("host")
        self.reader.make_meetings(0, MEETINGS)
        self.reader.make_guests()
        self.reader.connect()
        self.host.make_meetings(10**6, MEETINGS, is_secured="true")
        self.host.make_guests(external_user_id="'user-' || m.id")
        analyze()

    @classmethod
    @cache
    def made(cls) -> Self:
        """The one in this database."""
        return cls()

    def links(self) -> list[str]:
        """One into each meeting of the host's: path and query."""
        found = Participant.objects.filter(meeting__customer=self.host.customer)
        return [
            f"/{code}/?token={links.token(identity)}"
            for code, identity in found.values_list("meeting__code", "identity")
        ]


def analyze() -> None:
    """What PostgreSQL does by itself in time."""
    for table in TABLES:
        execute(f"VACUUM ANALYZE {table._meta.db_table}")
