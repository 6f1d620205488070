from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from meetings.models import Meeting
from participants.models import Participant
from recordings.states import MAY_FOLLOW, PENDING, RUNNING, STATUS, UNFINISHED, State, Status, of_meeting
from upclass import codes
from upclass.celery import MESSAGE_EXPIRES
from upclass.egress import Egress

NOT_IN_FILE_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))
LONGEST_TOPIC = 200  # bytes; file systems take names of 255
QUEUE_RETRY = timedelta(seconds=MESSAGE_EXPIRES)  # as long as a message waits for a worker
STOP_RETRY = timedelta(seconds=30)  # a stop takes LiveKit up to 15 s to find out that no recorder answers


class RecordingQuerySet(models.QuerySet["Recording"]):
    def of(self, meeting: Meeting) -> Self:
        return self.filter(meeting=meeting)

    def running(self) -> Self:
        return self.filter(state__in=RUNNING)

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def shown(self) -> Self:
        return self.exclude(state=State.DROPPED)

    def claim_follow_up(self, pk: int, action: str, now: datetime) -> bool:
        """Be the one who queues a follow-up task, unless the same is waiting for a worker already."""
        free = Q(queued_at=None) | Q(queued_at__lte=now - QUEUE_RETRY) | ~Q(queued_action=action)
        return bool(self.filter(free, pk=pk).update(queued_action=action, queued_at=now))

    def take_follow_up(self, pk: int) -> None:
        """A worker has it: the same may be queued again."""
        self.filter(pk=pk).exclude(queued_at=None).update(queued_at=None)

    def for_egress(self, egress: Egress) -> "Recording | None":
        """The recording of an egress: by its id, or by its file while the id is not stored yet."""
        uid = egress.key.rpartition("/")[2].split("-")[0]
        return self.filter(egress_id=egress.id).first() or self.filter(uid=uid).first()


class Recording(models.Model):
    """One recording run of a meeting; `state` says where it is (recordings/states.py).

    The other columns are facts about it. `file` is the key of its object, one for each time LiveKit was
    asked. `failures` counts the times that it was refused or broke off. `missing_since` is when its egress
    was first not found, with LiveKit or in the room, `finished_at` when LiveKit reported it as complete.
    `queued_action` is the follow-up task that waits for a worker since `queued_at`.
    `recorder` is, as in the API, the person to whom it belongs; elsewhere a recorder is the machine.
    """

    uid = models.CharField(max_length=20, unique=True, default=codes.identity, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="recordings")
    recorder = models.ForeignKey(Participant, models.PROTECT, related_name="recordings")
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in State], default=State.QUEUED
    )
    file = models.CharField(max_length=255, blank=True)
    egress_id = models.CharField(max_length=64, null=True, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    try_after = models.DateTimeField()
    requested_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    failure_reason = models.CharField(max_length=255, blank=True)
    details = models.TextField(blank=True)
    queued_action = models.CharField(max_length=20, blank=True, default="", editable=False)
    queued_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField()

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        permissions = (("download_recording", "Can download recording"),)
        constraints = (
            models.UniqueConstraint(
                fields=("meeting",), condition=Q(state__in=RUNNING), name="one_running_recording_per_meeting"
            ),
        )
        indexes = (
            models.Index(fields=("state",), condition=Q(state__in=UNFINISHED), name="unfinished_recordings"),
            models.Index(fields=("failed_at",), condition=Q(state=State.FAILED), name="failed_recordings"),
        )

    def __str__(self) -> str:
        return f"{self.meeting.code} at {self.created_at:%Y-%m-%d %H:%M}"

    # Questions

    @property
    def status(self) -> Status:
        return STATUS[State(self.state)]

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def is_over(self) -> bool:
        return self.state not in UNFINISHED

    @property
    def has_file(self) -> bool:
        return self.size_bytes is not None

    @property
    def file_name(self) -> str:
        """Under which a browser saves it: topic, day and time (UTC), without what no file system takes."""
        printable = "".join(letter if letter.isprintable() else " " for letter in self.meeting.topic)
        topic = " ".join(printable.translate(NOT_IN_FILE_NAMES).split())
        topic = topic.encode()[:LONGEST_TOPIC].decode(errors="ignore").rstrip()
        return f"{topic or 'Meeting'} {self.started_at or self.created_at:%Y-%m-%d %H.%M}.mp4"

    # Transitions: each one compare-and-swap on the row as it is; True for the one that made it

    def mark_requested(self, now: datetime) -> bool:
        """LiveKit is about to be asked, by whoever gets True, under a file name of this try."""
        file = f"{self.meeting.customer.slug}/{self.meeting.code}/{self.uid}-{self.tries + 1}.mp4"
        is_due = Q(tries=self.tries, try_after__lte=now)
        return self._move(State.REQUESTED, is_due, requested_at=now, tries=F("tries") + 1, file=file)

    def mark_refused(self, retry_at: datetime, now: datetime, details: str = "") -> bool:
        """LiveKit refused, or never answered: it may be asked again at `retry_at`."""
        facts = {"try_after": retry_at, "requested_at": None, "details": details, **_one_more_failure(now)}
        return self._move(State.QUEUED, Q(requested_at=self.requested_at), **facts)

    def mark_given_up(self, reason: str, now: datetime, details: str = "") -> bool:
        """LiveKit refused for the last time."""
        is_same = Q(state=State.REQUESTED, requested_at=self.requested_at)
        facts = {"failure_reason": reason, "details": details, **_one_more_failure(now)}
        return self._move(State.FAILED, is_same, ended_at=now, **facts)

    def mark_starting(self, egress: Egress) -> bool:
        """The egress that writes this try's file is known."""
        is_ours = Q(egress_id=None, file=egress.key)
        return self._move(State.STARTING, is_ours, egress_id=egress.id[:64])

    def mark_recording(self, started_at: datetime) -> bool:
        return self._move(State.RECORDING, started_at=started_at)

    def mark_ending(self, **facts: datetime | None) -> bool:
        return self._move(State.ENDING, **facts)

    def mark_storing(self, now: datetime, seconds: int, **times: datetime) -> bool:
        """The egress is complete; what a later report says of it replaces this."""
        first = Coalesce("finished_at", Value(now))  # in the database: this row may have been read before
        return self._move(State.STORING, missing_since=None, finished_at=first, seconds=seconds, **times)

    def mark_completed(self, size_bytes: int) -> bool:
        return self._move(State.COMPLETED, size_bytes=size_bytes)

    def mark_failed(self, reason: str, now: datetime, **facts: object) -> bool:
        """For a reason that a person understands."""
        ended = {"ended_at": now, "failure_reason": reason, **_one_more_failure(now)}
        return self._move(State.FAILED, **{**ended, **facts})

    def mark_dropped(self, now: datetime, details: str = "") -> bool:
        return self._move(State.DROPPED, ended_at=now, details=details)

    # Facts that change no state

    def request_stop(self, now: datetime) -> bool:
        """Be the one who calls LiveKit to end it now: not more often than each half minute."""
        is_due = Q(stop_requested_at=None) | Q(stop_requested_at__lte=now - STOP_RETRY)
        return self._write(is_due & Q(state__in=UNFINISHED), stop_requested_at=now)

    def set_missing_since(self, at: datetime | None) -> bool:
        return self._write(Q(state__in=UNFINISHED), missing_since=at)

    def set_partial_size(self, size_bytes: int) -> bool:
        """Of a failed recording a part was stored."""
        return self._write(Q(state=State.FAILED), size_bytes=size_bytes)

    def _move(self, state: State, *conditions: Q, **facts: object) -> bool:
        """The only writer of `state`."""
        return self._write(Q(state__in=MAY_FOLLOW[state]), *conditions, state=state, **facts)

    def _write(self, *conditions: Q, **facts: object) -> bool:
        written = Recording.objects.filter(*conditions, pk=self.pk).update(**facts)
        self.refresh_from_db()
        return bool(written)


def _one_more_failure(now: datetime) -> dict[str, object]:
    return {"failures": F("failures") + 1, "failed_at": now}


@dataclass(frozen=True)
class RecordingSummary:
    """What a meeting shows of its recordings: seconds and bytes are sums over the completed ones."""

    status: Status
    duration_seconds: int
    size_bytes: int
    has_recording: bool

    @classmethod
    def of(cls, recordings: Iterable[Recording]) -> Self:
        recordings = list(recordings)
        completed = [one for one in recordings if one.state == State.COMPLETED]
        return cls(
            status=of_meeting(one.status for one in recordings),
            duration_seconds=sum(one.seconds or 0 for one in completed),
            size_bytes=sum(one.size_bytes or 0 for one in completed),
            has_recording=bool(completed),
        )
