"""However much there is, neither the API nor a page nor a periodic job reads a large table as a whole."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from customers.models import Customer
from feedback.models import FeedbackRequest
from local.env import ROOT
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import Api, FakeLiveKit, connected
from tests.inbox.conftest import WebhookClient, joined, left
from tests.join.conftest import feedback_link, link
from tests.join.hosts import address, registered
from tests.million import ROWS, make_million
from tests.plans import big_tables, whole_reads
from tests.rows import execute, table
from upclass import livekit
from upclass.celery import app

BIG = 10_000  # rows
JOHN = {"display_name": "John Doe", "external_user_id": "user-7"}

Action = Callable[[], Any]


def test_a_table_that_is_read_as_a_whole_is_seen(customer: Customer) -> None:
    with whole_reads({"customers_customer"}) as found:
        Customer.objects.filter(name="nobody").exists()  # in no order, which could be an index's
    assert [table for table, _ in found] == ["customers_customer"]


class World:
    """What is asked: of the customer who has most, and of a call that goes on among all the others."""

    def __init__(self, api: Api, customer: Customer) -> None:
        self.api, self.customer = api, customer
        self.open, self.ending, self.cancelled = (self.make() for _ in range(3))
        self.secured = self.make(is_secured=True, record_on_cloud=True, feedback_required=True)
        self.path = f"meetings/{self.secured.code}/"
        self.host, self.jane, self.owing = self.people()

    def make(self, **facts: Any) -> Meeting:
        return Meeting.objects.create(customer=self.customer, created_at=timezone.now(), **facts)

    def people(self) -> list[Participant]:
        """A host and an attendee who are there, and somebody who owes feedback and is not."""
        owed = FeedbackRequest.objects.filter(customer=self.customer).open(timezone.now()).latest("pk")
        roles = {"host": "host", "jane": "attendee", owed.external_user_id: "attendee"}
        people = [registered(self.secured, name, role) for name, role in roles.items()]
        for person in people[:2]:
            connected(person, timezone.now() - timedelta(minutes=20))
        return people

    @property
    def api_calls(self) -> dict[str, list[Action]]:
        """For each operation of the API."""
        get, post, delete = partial(partial, self.api.get), partial(partial, self.api.post), self.api.delete
        secured = {"is_secured": True, "participants": [JOHN]}
        pages = ("", "?status=active", "?status=ended", "?status=expired&limit=100", "?offset=50000")
        return {
            "list_meetings": [get(f"meetings/{page}") for page in pages],
            "create_meeting": [
                post("meetings/"),
                post("meetings/", secured),
                self.create_once,
                self.create_once,
            ],
            "show_meeting": [get(self.path), get(f"meetings/{self.open.code}/")],
            "end_meeting": [partial(delete, f"meetings/{self.ending.code}/")],
            "cancel_meeting": [post(f"meetings/{self.cancelled.code}/cancel/")],
            "list_participants": [get(f"{self.path}participants/")],
            "register_participant": [post(f"{self.path}participants/", JOHN)],
            "show_participant": [get(f"{self.path}participants/jane/")],
            "remove_participant": [partial(delete, f"{self.path}participants/user-7/")],
            "list_recordings": [get(f"{self.path}recordings/")],
            "list_feedback": [get(f"{self.path}feedback/")],
            "show_account": [get("account/")],
            "list_account_entries": [
                get(f"account/ledger/{page}") for page in ("", "?kind=usage", "?offset=50000")
            ],
        }

    def create_once(self) -> Any:
        return self.api.client.post(
            "/api/v1/meetings/", b"{}", content_type="application/json", headers={"Idempotency-Key": "one"}
        )

    @property
    def pages(self) -> dict[str, list[Action]]:
        """What people do, and their hosts."""
        browser = Client()
        post, guest, code_page = (
            partial(partial, browser.post),
            f"/{self.open.code}/",
            f"/{self.secured.code}/",
        )
        answer = {"rating": "5", "comments": "Good"}
        whom = {"identity": self.jane.identity}
        return {
            "a guest comes, joins and comes back": [
                partial(browser.get, guest),
                post(guest, {"name": "Ann"}),
                post(guest, {"name": "Ann"}),
            ],
            "somebody with a link joins": [
                partial(browser.get, link(self.jane)),
                post(link(self.jane), {"recording_told": "1"}),
            ],
            "refused: somebody who owes feedback": [partial(browser.get, link(self.owing))],
            "somebody types a code": [partial(Client().post, code_page, {"code": self.jane.code})],
            "refused: a wrong code": [partial(Client().post, code_page, {"code": "ZZZZZZ"})],
            "somebody gives feedback": [
                partial(browser.get, feedback_link(self.jane)),
                post(feedback_link(self.jane), answer),
            ],
            "a host mutes and removes": [
                post(address("mute", self.host), whom),
                post(address("remove", self.host), whom),
            ],
        }

    @property
    def webhooks(self) -> dict[str, list[Action]]:
        client = WebhookClient()
        now = timezone.now()
        bodies = [joined(self.secured.code, "PA_new", now), left(self.secured.code, "PA_new", now, now)]
        return {"webhooks": [partial(client.post, json.dumps(body).encode()) for body in bodies]}


@pytest.fixture
def emptied_after(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows that were rolled back stay in the tables' files, which other tests would read."""
    yield
    with django_db_blocker.unblock():
        execute(f"TRUNCATE {', '.join(map(table, (Meeting, *ROWS)))} CASCADE")


@pytest.fixture
def world(emptied_after: None, api: Api, customer: Customer, fake_livekit: FakeLiveKit) -> World:
    make_million(customer)
    made = World(api, customer)
    fake_livekit.people = {
        made.secured.code: [livekit.Person("PA_1", made.jane.identity, "Jane", timezone.now())]
    }
    fake_livekit.muted[made.secured.code] = {made.jane.identity: False}
    return made


def periodic_jobs() -> dict[str, list[Action]]:
    names = [str(job["task"]) for job in app.conf.beat_schedule.values()]
    return {name: [import_string(name)] for name in names}


def operations() -> set[str]:
    """All that the API has."""
    paths = json.loads((ROOT / "api" / "v1" / "openapi.json").read_text())["paths"]
    return {operation["operationId"] for methods in paths.values() for operation in methods.values()}


def whole_reads_of(deeds: dict[str, list[Action]], big: set[str]) -> list[str]:
    """What reads a big table as a whole. Each deed succeeds, unless it is to be refused."""
    found = []
    for name, actions in deeds.items():
        with whole_reads(big) as read:
            for action in actions:
                answer = action()
                is_refused = getattr(answer, "status_code", 200) >= 400
                assert is_refused == name.startswith("refused"), answer.content
        found += [f"{name} reads {table}: {sql}" for table, sql in read]
    return found


def test_nothing_reads_a_large_table_as_a_whole(world: World) -> None:
    """One test, for its rows take longer to be made than all that is asked."""
    big = big_tables(BIG)
    assert {table(model) for model in ROWS} <= big
    assert operations() == {*world.api_calls}
    deeds = {**world.api_calls, **world.pages, **world.webhooks, **periodic_jobs()}
    found = whole_reads_of(deeds, big)
    assert not found, "\n".join(found)
