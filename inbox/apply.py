"""What each LiveKit event changes.

Applying is idempotent, in any order: an event's id is stored once (`models.py`), each fact of a connection is
one conditional UPDATE (`participants/connections.py`), and recordings move only along their state machine. So
many events are applied together, with their marks, in one transaction.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from calls.ending import close_room
from calls.removal import eject
from inbox import connections
from inbox.connections import FACTS, JOINED, Known, Report
from inbox.models import InboundWebhook, InboundWebhookQuerySet
from inbox.parsing import LiveKitEvent, parse
from meetings.models import Meeting
from participants import attendance
from participants.models import Participant
from recordings import launch, lifecycle
from recordings.tasks import enqueue
from upclass import egress

log = logging.getLogger(__name__)

JOIN_TIMEOUT = timedelta(minutes=2)  # by then a join has come as a webhook, or was found by the reconciler
ROOM_FINISHED = "room_finished"


@dataclass(frozen=True)
class Parsed:
    """A webhook, and what it says; `meeting`: whose room it names."""

    webhook: InboundWebhook
    event: LiveKitEvent
    meeting: Meeting | None

    @property
    def report(self) -> Report | None:
        is_one = self.meeting and self.event.type in FACTS
        return Report(self.meeting, self.event) if self.meeting and is_one else None

    def waits(self, known: Known, now: datetime) -> bool:
        """It is of a connection whose participant_joined may still come."""
        if self.report is None or self.report.creates or not self.event.is_of_a_person:
            return False
        is_unknown = self.event.sid not in known.busy and not self.report.is_told(known)
        return is_unknown and now - self.webhook.received_at < JOIN_TIMEOUT

    @property
    def finishes_room(self) -> bool:
        return self.meeting is not None and self.event.type == ROOM_FINISHED


@dataclass
class Outcome:
    """`left`: what is to be applied alone. `joined`: who came, and where, to look at after the commit."""

    left: list[InboundWebhook] = field(default_factory=list)
    joined: list[tuple[Meeting, Participant]] = field(default_factory=list)


def apply(webhook: InboundWebhook, now: datetime) -> None:
    """Apply one webhook and mark it."""
    with transaction.atomic():
        claimed = InboundWebhook.objects.filter(pk=webhook.pk).claim(1)
        outcome = apply_together(claimed, now, is_alone=True)
    look_at(outcome.joined, now)


def apply_together(webhooks: Sequence[InboundWebhook], now: datetime, is_alone: bool = False) -> Outcome:
    """Apply claimed webhooks and mark them, in the caller's transaction; LiveKit's API is not called.

    None but one alone waits for rows that others are changing, for they may wait for ours: these are left.
    """
    parsed = _parsed(webhooks)
    known = connections.write([one.report for one in parsed if one.report], now, is_patient=is_alone)
    left = [one for one in parsed if not is_alone and (one.finishes_room or one.event.sid in known.busy)]
    waiting = [one for one in parsed if one.waits(known, now)]
    later = {one.webhook.pk for one in left + waiting}
    done = [one for one in parsed if one.webhook.pk not in later]
    _apply_others(done, now)
    _rows(waiting).mark_waiting(now)
    _rows(done).mark_applied(now)
    return Outcome([one.webhook for one in left], list(_joined(done, known)))


def _rows(parsed: Iterable[Parsed]) -> InboundWebhookQuerySet:
    return InboundWebhook.objects.filter(pk__in=[one.webhook.pk for one in parsed])


def _parsed(webhooks: Sequence[InboundWebhook]) -> list[Parsed]:
    events = [parse(webhook.body, webhook.received_at) for webhook in webhooks]
    meetings = Meeting.objects.in_bulk({event.room for event in events}, field_name="code")
    return [
        Parsed(webhook, event, meetings.get(event.room))
        for webhook, event in zip(webhooks, events, strict=True)
    ]


def _apply_others(parsed: Iterable[Parsed], now: datetime) -> None:
    """What is said of no single connection; egresses in the same order by every worker."""
    for one in sorted(parsed, key=lambda one: str(one.event.egress.get("egressId"))):
        if one.meeting and one.finishes_room:
            attendance.close_room_connections(one.meeting, one.event.at, now)
        if one.event.egress:
            on_egress_event(one.event, now)


def on_egress_event(event: LiveKitEvent, now: datetime) -> None:
    """An egress event, also of an egress that is none of ours."""
    update = egress.parse(event.egress)
    if update:
        enqueue(lifecycle.on_egress_update(update, now))


# After the commit


def _joined(parsed: Iterable[Parsed], known: Known) -> Iterator[tuple[Meeting, Participant]]:
    for one in parsed:
        if one.report and one.report.creates and one.event.type == JOINED:
            yield one.report.meeting, known.by_sid[one.event.sid].participant


def look_at(joined: Iterable[tuple[Meeting, Participant]], now: datetime) -> None:
    """Whoever came may have to leave, or is to be recorded. What fails, sweeps do later."""
    begun: set[Meeting] = set()
    for meeting, person in joined:
        try:
            eject_unwelcome(meeting, person, now)
            if meeting not in begun:
                enqueue(launch.begin(meeting, now))
                begun.add(meeting)
        except Exception:  # logged with its traceback; one meeting does not hold up the others
            log.exception("who joined %s could not be looked at", meeting.code)


def eject_unwelcome(meeting: Meeting, person: Participant, now: datetime) -> None:
    """Whoever connected on an old token to a meeting that is over, or was removed or barred, is ejected."""
    if meeting.over_since(now):
        close_room(meeting)
    elif person.removed_at or person.barred_at:
        eject(person)
