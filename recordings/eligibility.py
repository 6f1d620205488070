"""Who may have a meeting recorded by being there, and whose recording it is."""

from datetime import datetime

from meetings.models import Meeting, MeetingQuerySet
from participants import presence
from participants.connections import Connection, ConnectionQuerySet
from participants.models import Participant, Role
from recordings.models import Recording


def who_may_record(connections: ConnectionQuerySet) -> ConnectionQuerySet:
    """Of these connections, those of people whose presence has a meeting recorded: anybody, or only hosts."""
    hosts = connections.filter(participant__role=Role.HOST, participant__meeting__is_secured=True)
    return connections.filter(participant__meeting__is_secured=False) | hosts


def connected() -> ConnectionQuerySet:
    """Everybody who is in a call now, is welcome in it, and may have it recorded."""
    welcome = {"participant__removed_at__isnull": True, "participant__barred_at__isnull": True}
    return who_may_record(Connection.objects.open().filter(**welcome))


def is_wanted(meeting: Meeting, now: datetime) -> bool:
    """Whether a recording is to be started for somebody who is there."""
    is_on = meeting.record_on_cloud and not meeting.over_since(now)
    return is_on and connected().of(meeting).exists()


def is_still_wanted(meeting: Meeting, now: datetime) -> bool:
    """Whether a recording that was started is to go on: also without whoever it was started for."""
    return not meeting.over_since(now) and not presence.is_room_empty(meeting, now)


def to_record(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Those of these meetings that are to be recorded and are not."""
    there = connected().values("meeting")
    running = Recording.objects.running().values("meeting")
    return meetings.filter(record_on_cloud=True, pk__in=there).exclude(pk__in=running)


def recorder_of(meeting: Meeting, occupancy: presence.Occupancy) -> Participant | None:
    """Whose recording it is: the first person's in; where hosts record, the first host's, for good."""
    if not meeting.is_secured:
        return occupancy.first
    before = Recording.objects.of(meeting).select_related("recorder").first()
    if before:
        return before.recorder
    first = (
        who_may_record(Connection.objects.of(meeting))
        .select_related("participant")
        .order_by("joined_at", "pk")
    )
    host = first.first()
    return host.participant if host else None
