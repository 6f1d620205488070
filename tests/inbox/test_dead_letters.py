"""A webhook that cannot be applied is retried, less and less often, and given up after a day."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.test import Client

from inbox import tasks
from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.connections import Connection
from tests.conftest import NOON, noon
from tests.inbox.conftest import joined, stored
from tests.staff.conftest import staff_who_may

ADMIN = "/admin/inbox/inboundwebhook/"
DAY = 86_400
POISON: Any = ["no object"]


@pytest.fixture
def poison(db: None) -> InboundWebhook:
    return InboundWebhook.objects.create(event_id="EV_0", body=POISON, received_at=NOON)


def sweep(seconds: float) -> None:
    with time_machine.travel(noon(seconds), tick=False):
        tasks.apply_pending_webhooks()


def tries() -> int:
    return InboundWebhook.objects.get(event_id="EV_0").tries


def test_it_is_retried_less_and_less_often(poison: InboundWebhook) -> None:
    tried_at = []
    for seconds in range(0, 20_000, 5):  # as often as the sweep comes
        before = tries()
        if InboundWebhook.objects.due(noon(seconds)).exists():
            sweep(seconds)
        tried_at += [seconds] * (tries() - before)
    waits = [later - earlier for earlier, later in pairwise(tried_at)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600, 3600]


def test_a_day_of_failures_logs_some_dozens_of_tracebacks(
    poison: InboundWebhook, caplog: pytest.LogCaptureFixture
) -> None:
    for seconds in range(0, 2 * DAY, 3600):
        sweep(seconds)
    assert caplog.text.count("EV_0 could not be applied") < 40


def test_after_a_day_it_is_given_up_and_costs_nothing_more(
    poison: InboundWebhook, caplog: pytest.LogCaptureFixture
) -> None:
    sweep(0)
    sweep(DAY - 1)
    assert not InboundWebhook.objects.dead_letters().exists()
    sweep(2 * DAY)
    given_up = InboundWebhook.objects.dead_letters().get()
    assert (given_up.tries, given_up.dead_lettered_at) == (3, noon(2 * DAY))
    assert given_up.failure.startswith("AttributeError: ")
    assert "EV_0 was given up" in caplog.text
    sweep(9 * DAY)
    assert tries() == 3


def test_what_waited_for_a_worker_for_days_is_not_given_up_at_its_first_failure(
    poison: InboundWebhook,
) -> None:
    sweep(5 * DAY)
    assert not InboundWebhook.objects.dead_letters().exists()


def test_others_are_applied_as_ever(poison: InboundWebhook, meeting: Meeting) -> None:
    sweep(0)
    sweep(2 * DAY)
    stored(joined(meeting.code, "PA_1"))
    sweep(2 * DAY + 5)
    assert Connection.objects.count() == 1


def test_dead_letters_are_kept_as_long_as_what_was_applied(poison: InboundWebhook, settings: Any) -> None:
    settings.WEBHOOK_RETENTION_DAYS = 7
    sweep(0)
    sweep(2 * DAY)
    for days, left in ((8, 1), (10, 0)):
        with time_machine.travel(NOON + timedelta(days=days), tick=False):
            tasks.prune_applied_webhooks()
        assert InboundWebhook.objects.count() == left


# Staff


@pytest.fixture
def dead(meeting: Meeting) -> InboundWebhook:
    """It failed for a day, by a mistake of ours that is mended since."""
    webhook = stored(joined(meeting.code, "PA_1"))
    InboundWebhook.objects.update(
        dead_lettered_at=noon(DAY), failing_since=NOON, tries=30, failure="ValueError: odd"
    )
    return webhook


def retry(client: Client, webhook: InboundWebhook) -> Any:
    body = {"action": "retry", "_selected_action": [str(webhook.pk)]}
    return client.post(ADMIN, body, follow=True)


def test_staff_see_why(admin_client: Client, dead: InboundWebhook) -> None:
    assert "ValueError: odd" in admin_client.get(ADMIN).content.decode()
    page = admin_client.get(f"{ADMIN}{dead.pk}/change/").content.decode()
    assert "participant_joined" in page


def test_staff_have_it_retried(admin_client: Client, dead: InboundWebhook) -> None:
    assert "1 will be applied within seconds" in retry(admin_client, dead).content.decode()
    tasks.apply_pending_webhooks()
    assert Connection.objects.count() == 1
    assert "dead letter" not in admin_client.get(ADMIN).content.decode().lower()


def test_what_is_pending_or_applied_is_not_shown(admin_client: Client, meeting: Meeting) -> None:
    webhook = stored(joined(meeting.code, "PA_1"))
    assert admin_client.get(f"{ADMIN}{webhook.pk}/change/").status_code == 302


def test_looking_gives_no_power_to_retry(dead: InboundWebhook) -> None:
    colleague = staff_who_may("view_inboundwebhook")
    assert "ValueError: odd" in colleague.get(ADMIN).content.decode()
    retry(colleague, dead)
    assert InboundWebhook.objects.dead_letters().exists()


def test_nobody_adds_changes_or_deletes_one(admin_client: Client, dead: InboundWebhook) -> None:
    assert admin_client.get(f"{ADMIN}add/").status_code == 403
    assert admin_client.post(f"{ADMIN}{dead.pk}/delete/", {"post": "yes"}).status_code == 403
