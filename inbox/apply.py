"""What each LiveKit event changes.

Applying is idempotent, in any order: an event's id is stored once (`models.py`), each fact of a connection is
one conditional UPDATE (`participants/models.py`), and recordings move only along their state machine.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from calls.ending import close_room
from calls.removal import eject
from inbox.models import InboundWebhook
from inbox.parsing import LiveKitEvent, parse
from meetings.models import Meeting
from participants import attendance
from participants.models import Connection, ConnectionQuerySet, Participant
from recordings import launch, lifecycle
from recordings.tasks import enqueue
from upclass import egress

JOIN_TIMEOUT = timedelta(minutes=2)  # by then a join has come as a webhook, or was found by the reconciler


class WaitForJoin(Exception):
    """An event of a connection that is not known yet: retried by the sweep."""


def apply(webhook: InboundWebhook, now: datetime) -> None:
    """Apply a webhook and mark it; LiveKit's API, where it is needed, is called outside any transaction."""
    event = parse(webhook.body, webhook.received_at)
    meeting = Meeting.objects.filter(code=event.room).first()
    try:
        if meeting and event.type in HANDLERS:
            HANDLERS[event.type](meeting, event, now)
        if event.egress:
            on_egress_event(event, now)
    except WaitForJoin:
        if now - webhook.received_at < JOIN_TIMEOUT:
            webhook.mark_waiting()
            return
    webhook.mark_applied(now)


def on_room_finished(meeting: Meeting, event: LiveKitEvent, now: datetime) -> None:
    attendance.close_room_connections(meeting, event.at, now)


def on_joined(meeting: Meeting, event: LiveKitEvent, now: datetime) -> None:
    if event.is_of_a_person:
        connection = attendance.connection_of(meeting, event, event.at, now)
        Connection.objects.filter(pk=connection.pk).set_seen_at(event.at, now)
        eject_unwelcome(meeting, connection.participant, now)
        enqueue(launch.begin(meeting, now))


def on_left(meeting: Meeting, event: LiveKitEvent, now: datetime) -> None:
    if event.is_of_a_person:
        connection = attendance.connection_of(meeting, event, event.at, now)
        Connection.objects.filter(pk=connection.pk).set_left_at(event.at, now)


def on_aborted(meeting: Meeting, event: LiveKitEvent, now: datetime) -> None:
    """A known connection has ended. It creates none: an unknown one never came up."""
    _known(meeting, event).set_left_at(event.at, now)


def on_track(meeting: Meeting, event: LiveKitEvent, now: datetime) -> None:
    """It creates no connection: an event of a track does not say whether a person or a machine sent it."""
    _known(meeting, event).set_seen_at(event.at, now)


def _known(meeting: Meeting, event: LiveKitEvent) -> ConnectionQuerySet:
    """The event's connection. Raises WaitForJoin while its participant_joined may still come."""
    connections = Connection.objects.of(meeting).filter(sid=event.sid)
    if event.is_of_a_person and not connections.exists():
        raise WaitForJoin
    return connections


HANDLERS: dict[str, Callable[[Meeting, LiveKitEvent, datetime], None]] = {
    "participant_joined": on_joined,
    "participant_left": on_left,
    "participant_connection_aborted": on_aborted,
    "track_published": on_track,
    "track_unpublished": on_track,
    "room_finished": on_room_finished,
}


def on_egress_event(event: LiveKitEvent, now: datetime) -> None:
    """An egress event, also of an egress that is none of ours."""
    update = egress.parse(event.egress)
    if update:
        enqueue(lifecycle.on_egress_update(update, now))


def eject_unwelcome(meeting: Meeting, person: Participant, now: datetime) -> None:
    """Whoever connected on an old token to a meeting that is over, or was removed or barred, is ejected."""
    if meeting.over_since(now):
        close_room(meeting)
    elif person.removed_at or person.barred_at:
        eject(person)
