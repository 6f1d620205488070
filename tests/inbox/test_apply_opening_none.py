"""Events that create no connection: of rooms, of connections that failed, of tracks, of machines."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from billing.settling import settle
from inbox import tasks
from inbox.apply import apply
from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, noon
from tests.inbox.conftest import event_body, joined, left, stored


def apply_now(body: dict[str, Any], now: datetime = NOON) -> None:
    apply(stored(body), now)


def is_waiting() -> bool:
    return InboundWebhook.objects.pending().exists()


def of_nobody(event: str, room: str, at: datetime) -> dict[str, Any]:
    body = event_body(event, room, at)
    del body["participant"]
    return body


def connection() -> Connection:
    return Connection.objects.get()


@pytest.fixture
def ann(meeting: Meeting) -> None:
    """She joined the meeting at noon."""
    apply_now(joined(meeting.code, "PA_1"))


# A room that is closed


@pytest.mark.usefixtures("ann")
def test_when_a_room_is_finished_whoever_is_in_it_left_when_last_seen(meeting: Meeting) -> None:
    apply_now(event_body("track_published", meeting.code, noon(30), sid="PA_1"))
    apply_now(of_nobody("room_finished", meeting.code, noon(60)), noon(61))
    assert (connection().left_at, connection().is_left_guessed) == (noon(30), True)
    assert not is_waiting()


@pytest.mark.usefixtures("ann")
def test_when_a_room_is_finished_who_came_since_remains(meeting: Meeting) -> None:
    apply_now(joined(meeting.code, "PA_2", noon(90), identity="ben"))
    apply_now(of_nobody("room_finished", meeting.code, noon(60)), noon(99))
    assert [connection.left_at for connection in Connection.objects.order_by("sid")] == [NOON, None]


@pytest.mark.usefixtures("ann")
def test_when_a_room_is_finished_who_was_seen_after_it_remains(meeting: Meeting) -> None:
    Connection.objects.set_seen_at(noon(61), noon(61))
    apply_now(of_nobody("room_finished", meeting.code, noon(60)), noon(99))
    assert connection().left_at is None


@pytest.mark.usefixtures("ann")
def test_the_leave_that_comes_after_its_room_was_finished_is_exact(meeting: Meeting) -> None:
    apply_now(of_nobody("room_finished", meeting.code, noon(60)), noon(61))
    apply_now(left(meeting.code, "PA_1", NOON, noon(59)))
    assert (connection().left_at, connection().is_left_guessed) == (noon(59), False)


@pytest.mark.usefixtures("ann")
def test_the_room_of_another_meeting_is_none_of_its(secured: Meeting) -> None:
    apply_now(of_nobody("room_finished", secured.code, noon(60)), noon(61))
    assert connection().left_at is None


def test_a_room_that_nobody_was_in_is_finished_too(meeting: Meeting) -> None:
    apply_now(of_nobody("room_finished", meeting.code, noon(60)), noon(61))
    assert not is_waiting()


# A connection that failed


def aborted(meeting: Meeting, at: datetime = NOON, **person: Any) -> dict[str, Any]:
    return event_body("participant_connection_aborted", meeting.code, at, **{"sid": "PA_1", **person})


@pytest.mark.usefixtures("ann")
def test_somebody_known_whose_connection_failed_has_left(meeting: Meeting) -> None:
    apply_now(aborted(meeting, noon(60)))
    assert (connection().left_at, connection().is_left_guessed) == (noon(60), False)
    assert not is_waiting()


@pytest.mark.parametrize(("passed", "waits"), [(0, True), (119, True), (120, False), (3600, False)])
def test_of_somebody_unknown_it_waits_two_minutes(meeting: Meeting, passed: int, waits: bool) -> None:
    apply_now(aborted(meeting), noon(passed))
    assert is_waiting() is waits


def test_a_join_that_comes_within_that_time_is_closed_by_it(meeting: Meeting) -> None:
    apply_now(aborted(meeting, noon(60)), noon(60))
    apply_now(joined(meeting.code, "PA_1"), noon(70))
    assert connection().left_at is None
    tasks.apply_pending_webhooks()
    assert (connection().left_at, connection().is_left_guessed) == (noon(60), False)
    assert not is_waiting()


def test_of_somebody_who_never_came_up_nothing_is_ever_billed_or_counted(meeting: Meeting) -> None:
    apply_now(aborted(meeting, noon(60)), noon(60))
    apply_now(aborted(meeting, noon(60)), noon(180))
    assert not Connection.objects.exists()
    assert not Participant.objects.exists()
    assert settle(meeting.pk, noon(200)) is None
    assert not is_waiting()


def test_what_waits_lets_others_go_first(meeting: Meeting) -> None:
    first = stored(aborted(meeting), NOON)
    InboundWebhook.objects.update(received_at=timezone.now())
    tasks.apply_pending_webhooks()
    second = stored(joined(meeting.code, "PA_2"), timezone.now())
    assert list(InboundWebhook.objects.pending()) == [second, first]


@pytest.mark.parametrize("missing", ["sid", "identity"])
def test_of_somebody_who_cannot_be_known_it_does_not_wait(meeting: Meeting, missing: str) -> None:
    apply_now(aborted(meeting, NOON, **{missing: ""}))
    assert not is_waiting()


def test_of_a_machine_it_does_not_wait(meeting: Meeting) -> None:
    apply_now(aborted(meeting, kind="EGRESS"))
    assert not is_waiting()


# Tracks


TRACKS = ["track_published", "track_unpublished"]


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("event", TRACKS)
def test_an_event_of_a_track_shows_that_they_were_seen(meeting: Meeting, event: str) -> None:
    apply_now(event_body(event, meeting.code, noon(60), sid="PA_1"))
    apply_now(event_body(event, meeting.code, noon(30), sid="PA_1"))
    assert (connection().joined_at, connection().last_seen_at, connection().left_at) == (NOON, noon(60), None)


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("event", TRACKS)
def test_an_event_of_a_track_undoes_a_guessed_leave(meeting: Meeting, event: str) -> None:
    Connection.objects.close_lost(noon(90))
    apply_now(event_body(event, meeting.code, noon(60), sid="PA_1"))
    assert (connection().left_at, connection().is_left_guessed, connection().last_seen_at) == (
        None,
        False,
        noon(60),
    )


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("event", TRACKS)
def test_an_event_of_a_track_undoes_no_exact_leave(meeting: Meeting, event: str) -> None:
    apply_now(left(meeting.code, "PA_1", NOON, noon(50)))
    apply_now(event_body(event, meeting.code, noon(60), sid="PA_1"))
    assert connection().left_at == noon(50)


@pytest.mark.parametrize("event", TRACKS)
@pytest.mark.parametrize("passed", [0, 120])
def test_an_event_of_a_track_creates_no_connection(meeting: Meeting, event: str, passed: int) -> None:
    apply_now(event_body(event, meeting.code, NOON, sid="PA_1"), noon(passed))
    assert not Connection.objects.exists()
    assert not Participant.objects.exists()


@pytest.mark.usefixtures("ann")
def test_a_track_in_another_meeting_s_room_shows_nothing(secured: Meeting) -> None:
    apply_now(event_body("track_published", secured.code, noon(60), sid="PA_1"))
    assert connection().last_seen_at == NOON


# Machines

MACHINES = [
    *({"kind": kind} for kind in ("EGRESS", "INGRESS", "AGENT", "CONNECTOR", "BRIDGE")),
    {"permission": {"recorder": True}},
    {"kind": "STANDARD", "permission": {"recorder": True, "hidden": True}},
]
EVENTS = ["participant_joined", "participant_left", "participant_connection_aborted", *TRACKS]


@pytest.mark.parametrize("facts", MACHINES)
def test_a_machine_never_gets_a_connection(meeting: Meeting, facts: dict[str, Any]) -> None:
    for event in EVENTS:
        apply_now(
            event_body(event, meeting.code, sid="PA_1", joinedAt=str(int(NOON.timestamp())), **facts),
            noon(300),
        )
    assert not Connection.objects.exists()
    assert not Participant.objects.exists()


def test_whoever_may_not_record_is_a_person(meeting: Meeting) -> None:
    apply_now(joined(meeting.code, "PA_1", permission={"recorder": False, "canPublish": True}))
    assert Connection.objects.count() == 1
