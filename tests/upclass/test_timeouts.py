"""Nobody waits for PostgreSQL for ever: what takes too long is broken off, and said in a sentence."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.test import Client

from api.models import StoredResponse
from inbox import tasks
from inbox.models import InboundWebhook
from local import worker
from meetings.models import Meeting
from participants.models import Admission, Participant
from tests.conftest import Api, race
from tests.inbox.conftest import WebhookClient, joined, stored
from tests.settings import settings_with

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database_errors]


@pytest.fixture
def impatient() -> Iterator[None]:
    """This connection, as a process of the service has it, but for a tenth of a second."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    yield
    connection.close()


@contextmanager
def held(row: Any) -> Iterator[None]:
    """Somebody else holds a row's lock meanwhile."""
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            type(row).objects.select_for_update().get(pk=row.pk)
            is_held.set()
            assert may_end.wait(60)

    holder = threading.Thread(target=race, args=(hold,))
    holder.start()
    try:
        assert is_held.wait(60)
        yield
    finally:
        may_end.set()
        holder.join()


@pytest.mark.usefixtures("impatient")
def test_the_api_says_that_it_is_busy_and_has_changed_nothing(api: Api, meeting: Meeting) -> None:
    with held(meeting):
        answer = api.delete(f"meetings/{meeting.code}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    body = answer.json()
    assert (body["error"], body["code"]) == ("Service busy", "service_busy")
    assert body["detail"].endswith("Nothing was changed; send it again in some seconds.")
    meeting.refresh_from_db()
    assert meeting.ended_at is None
    assert api.delete(f"meetings/{meeting.code}/").status_code == 200


@pytest.mark.usefixtures("impatient")
def test_an_idempotency_key_is_free_for_another_try(api: Api, secured: Meeting) -> None:
    person = {"external_user_id": "user-1", "display_name": "Ann", "role": "host"}
    path = f"/api/v1/meetings/{secured.code}/participants/"
    headers = {"Idempotency-Key": "once"}
    with held(secured):
        first = api.client.post(path, person, "application/json", headers=headers)
    assert first.status_code == 503
    assert not Participant.objects.exists()
    assert not StoredResponse.objects.exists()
    assert api.client.post(path, person, "application/json", headers=headers).status_code == 201


@pytest.mark.usefixtures("impatient")
def test_whoever_joins_is_told_to_try_again(meeting: Meeting) -> None:
    visitor = Client(raise_request_exception=False)
    with held(meeting):
        answer = visitor.post(f"/{meeting.code}/", {"name": "Ann"})
    assert answer.status_code == 503
    assert "This took too long, and nothing was changed." in answer.content.decode()
    assert not Admission.objects.exists()


@pytest.mark.usefixtures("impatient")
def test_livekit_is_answered_so_that_it_sends_its_webhook_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(*unused: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '50ms'; SELECT pg_sleep(30)")

    monkeypatch.setattr("inbox.models.InboundWebhookQuerySet.keep", keep)
    webhooks = WebhookClient(Client(raise_request_exception=False))
    assert webhooks.deliver(joined("ABCD-EFGH-JKLM", "PA_1")).status_code == 503


@pytest.mark.usefixtures("impatient")
def test_a_webhook_whose_rows_are_held_is_applied_later(
    meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    webhook = stored(joined(meeting.code, "PA_1"))
    with held(meeting):
        tasks.apply_pending_webhooks()
        assert "lock timeout" in InboundWebhook.objects.get().failure
    assert InboundWebhook.objects.get().applied_at is None
    assert f"webhook {webhook.event_id} could not be applied" in caplog.text
    InboundWebhook.objects.update(retry_at=None)
    tasks.apply_pending_webhooks()
    assert InboundWebhook.objects.get().applied_at


# Who waits how long


@pytest.mark.parametrize(
    ("process", "limits"),
    [
        ("", ("0", "0", "0")),
        ("web", ("15s", "5s", "15s")),
        ("worker", ("30s", "10s", "30s")),
        ("periodic", ("5min", "10s", "1min")),
    ],
)
def test_each_kind_of_process_has_its_limits(process: str, limits: tuple[str, ...]) -> None:
    options = settings_with(DATABASE_TIMEOUTS=process)["DATABASES"]["default"]["OPTIONS"]["options"]
    opened = psycopg2.connect(**{**connection.get_connection_params(), "options": options})
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    found = []
    with opened.cursor() as cursor:
        for name in names:
            cursor.execute(f"SHOW {name}")
            found.append(cursor.fetchone()[0])
    opened.close()
    assert tuple(found) == limits


def test_another_kind_of_process_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="must be web, worker or periodic, not 'wbe'"):
        settings_with(DATABASE_TIMEOUTS="wbe")


@pytest.mark.parametrize(
    ("part", "kind"),
    [(worker.worker, "worker"), (worker.periodic, "periodic"), (worker.recordings, "worker")],
)
def test_workers_say_which_kind_they_are(part: Callable[..., Any], kind: str) -> None:
    assert part({"DATABASE_TIMEOUTS": ""}).env["DATABASE_TIMEOUTS"] == kind
