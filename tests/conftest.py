"""What most tests need: a customer with a key, clients of all entry points, a fake LiveKit at the border."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from billing import ledger
from billing.models import LedgerEntry
from billing.pricing import Usage
from customers.models import Customer, issue
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests import postgres_log
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass import codes, livekit, muting, storage
from upclass.errors import Problem

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
UNKNOWN_CODE = "ZZZZ-ZZZZ-ZZZZ"
ROUNDS = range(5)  # a race is run more than once, for its loser differs

hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


def noon(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Between tests that commit, the tables are emptied, which the ledger would refuse."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_ledgerentry DISABLE TRIGGER billing_ledgerentry_not_emptied")


@pytest.fixture
def no_database_errors(db: None) -> Iterator[None]:
    """What is refused as a matter of course is no error of PostgreSQL's: its log would show all of it."""
    start = postgres_log.position()
    yield
    assert postgres_log.errors_since(start) == []


@pytest.fixture(autouse=True)
def races_without_database_errors(request: pytest.FixtureRequest) -> None:
    """Every race is such a case."""
    marked = request.node.get_closest_marker("django_db")
    is_race = marked and marked.kwargs.get("transaction")
    if is_race and not request.node.get_closest_marker("database_errors"):
        request.getfixturevalue("no_database_errors")


@pytest.fixture
def customer(db: None) -> Customer:
    """A customer with 150 credits."""
    made = Customer.objects.create(slug="your-company")
    ledger.grant(made, Decimal(150), "a start", timezone.now())
    return made


@pytest.fixture
def stranger(db: None) -> Customer:
    """Another customer, who must see nothing of the first."""
    made = Customer.objects.create(slug="stranger")
    ledger.grant(made, Decimal(150), "a start", timezone.now())
    return made


class Api:
    """The API as an integrator with one key meets it: over HTTP paths, headers and JSON."""

    def __init__(self, key: str) -> None:
        self.client = Client(raise_request_exception=False, headers={"X-API-KEY": key})

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            b"" if body is None else _encoded(body),
            content_type="application/json",
        )

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, {} if body is None else body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)


def _encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.fixture
def api(customer: Customer) -> Api:
    return Api(str(issue(customer)[1]))


@pytest.fixture
def stranger_api(stranger: Customer) -> Api:
    return Api(str(issue(stranger)[1]))


@pytest.fixture
def meeting(customer: Customer) -> Meeting:
    """An open meeting."""
    return Meeting.objects.create(customer=customer, topic="Standup", created_at=timezone.now())


@pytest.fixture
def secured(customer: Customer) -> Meeting:
    return Meeting.objects.create(customer=customer, is_secured=True, created_at=timezone.now())


@pytest.fixture
def person(secured: Meeting) -> Participant:
    """John, a host of the secured meeting."""
    return Participant.objects.create(
        meeting=secured,
        external_user_id="user-123",
        display_name="John Doe",
        role="host",
        created_at=timezone.now(),
    )


def usage_of(meeting: Meeting) -> Usage:
    """What was booked for a meeting so far."""
    return LedgerEntry.objects.filter(meeting=meeting).by_meeting().get(meeting.pk, Usage())


def connected(
    person: Participant, joined_at: datetime, left_at: datetime | None = None, **facts: Any
) -> Connection:
    """A connection of a person, as LiveKit's webhooks would have made it."""
    return Connection.objects.create(
        meeting=person.meeting,
        participant=person,
        sid=f"PA_{codes.session_id()}",
        joined_at=joined_at,
        left_at=left_at,
        created_at=joined_at,
        **{"last_seen_at": joined_at, "unsettled_since": joined_at, **facts},
    )


def race(*actions: Callable[[], object]) -> list[object]:
    """What each action answered or raised, all started at one moment, each on a connection of its own.

    Only in tests with `django_db(transaction=True)`: other connections see nothing else.
    """
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        connection.ensure_connection()
        start.wait(30)
        try:
            return action()
        except Problem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


@dataclass
class FakeLiveKit:
    """What LiveKit was asked for, in this order.

    `unanswered` has rooms that do not say who is there, and why; `muted` has who is in each room, and whether
    they are; `is_away` makes every call fail as an unreachable server does; `meanwhile` is what happens
    elsewhere while a room is being made.
    """

    asked: list[tuple[str, ...]] = field(default_factory=list)
    people: dict[str, list[livekit.Person]] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    muted: dict[str, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    is_away: bool = False
    meanwhile: Callable[[], object] = lambda: None

    def _answer(self, *question: str) -> None:
        if self.is_away:
            raise livekit.Unreachable("away")
        self.asked.append(question)

    def create_room(self, code: str) -> None:
        self._answer("make", code)
        self.meanwhile()

    def close_room(self, code: str) -> None:
        self._answer("close", code)

    def disconnect(self, code: str, identity: str) -> None:
        self._answer("eject", code, identity)

    def mute(self, code: str, identity: str) -> int:
        self._answer("mute", code, identity)
        if identity not in self.muted[code]:
            raise muting.NotThere
        return self._silence(code, [identity])

    def mute_everybody_but(self, code: str, identity: str) -> int:
        self._answer("mute all", code, identity)
        return self._silence(code, [other for other in self.muted[code] if other != identity])

    def _silence(self, code: str, people: list[str]) -> int:
        audible = [identity for identity in people if not self.muted[code][identity]]
        self.muted[code].update(dict.fromkeys(audible, True))
        return len(audible)

    def rooms(self) -> livekit.Rooms:
        self._answer("rooms")
        answered = {code: people for code, people in self.people.items() if code not in self.unanswered}
        return livekit.Rooms(answered, self.unanswered)

    @property
    def made(self) -> list[str]:
        return [asked[1] for asked in self.asked if asked[0] == "make"]

    @property
    def closed(self) -> list[str]:
        return [asked[1] for asked in self.asked if asked[0] == "close"]

    @property
    def ejected(self) -> list[tuple[str, ...]]:
        return [asked[1:] for asked in self.asked if asked[0] == "eject"]


@pytest.fixture(autouse=True)
def fake_livekit(monkeypatch: pytest.MonkeyPatch) -> FakeLiveKit:
    """LiveKit is replaced at its one border; the end-to-end tests have the real one, in other processes."""
    fake = FakeLiveKit()
    for name in ("create_room", "close_room", "disconnect", "rooms"):
        monkeypatch.setattr(livekit, name, getattr(fake, name))
    for name in ("mute", "mute_everybody_but"):
        monkeypatch.setattr(muting, name, getattr(fake, name))
    return fake


@pytest.fixture(autouse=True)
def fake_egress(monkeypatch: pytest.MonkeyPatch) -> FakeEgress:
    fake = FakeEgress()
    fake.install(monkeypatch)
    return fake


@pytest.fixture(autouse=True)
def fake_storage(monkeypatch: pytest.MonkeyPatch) -> FakeStorage:
    fake = FakeStorage()
    monkeypatch.setattr(storage, "size_of", fake.size_of)
    return fake
