from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from meetings.models import Meeting
from participants.models import Participant
from recordings.states import MAY_FOLLOW, RUNNING, UNFINISHED, Status, of_meeting
from upclass import codes
from upclass.egress import Egress

NOT_IN_FILE_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))
LONGEST_TOPIC = 200  # bytes; file systems take names of 255
STOP_AGAIN = timedelta(seconds=30)  # a stop takes LiveKit up to 15 s to find out that nobody hears it


class TakeQuerySet(models.QuerySet["Take"]):
    def of(self, meeting: Meeting) -> Self:
        return self.filter(meeting=meeting)

    def running(self) -> Self:
        return self.filter(status__in=RUNNING)

    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def shown(self) -> Self:
        return self.exclude(status=Status.DROPPED)

    def told_of(self, told: Egress) -> "Take | None":
        """The take that an egress is for: by its id, or by its file while its id is on its way to us."""
        uid = told.key.rpartition("/")[2].split("-")[0]
        return self.filter(egress_id=told.id).first() or self.filter(uid=uid).first()


class Take(models.Model):
    """One recording run of a meeting.

    `failures` counts the times that it was refused or broke off. `file` is the key of its object, one for
    each time LiveKit was asked. `finished_at` is when LiveKit told that the egress is complete; the take
    is, when its object is there. `missed_at` is when its recorder was first found missing from the room.
    """

    uid = models.CharField(max_length=20, unique=True, default=codes.identity, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="takes")
    recorder = models.ForeignKey(Participant, models.PROTECT, related_name="takes")
    status = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in Status], default=Status.PENDING
    )
    file = models.CharField(max_length=255, blank=True)
    egress_id = models.CharField(max_length=64, null=True, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    try_after = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    failure_reason = models.CharField(max_length=255, blank=True)
    details = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = TakeQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting",), condition=Q(status__in=RUNNING), name="one_running_take_per_meeting"
            ),
        )
        indexes = (
            models.Index(fields=("status",), condition=Q(status__in=UNFINISHED), name="unfinished_takes"),
            models.Index(fields=("failed_at",), condition=Q(status=Status.FAILED), name="failed_takes"),
        )

    def __str__(self) -> str:
        return f"{self.meeting.code} at {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_over(self) -> bool:
        return self.status not in UNFINISHED

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

    # What changes it: each one statement, which looks at the row as it is

    def advance(self, status: Status, **facts: object) -> bool:
        """Move to `status` unless a later one was reached; late or doubled news changes nothing."""
        return self._write(Q(status__in=MAY_FOLLOW[status]), status=status, **facts)

    def fail(self, reason: str, now: datetime, **facts: object) -> bool:
        """End it for a reason that a person understands."""
        ended = {"ended_at": now, "failure_reason": reason, **_one_more_failure(now)}
        return self.advance(Status.FAILED, **{**ended, **facts})

    def claim(self, now: datetime) -> bool:
        """Be the one who asks LiveKit for this take now: True for one caller."""
        file = f"{self.meeting.customer.slug}/{self.meeting.code}/{self.uid}-{self.tries + 1}.mp4"
        due = Q(status=Status.PENDING, asked_at=None, egress_id=None, tries=self.tries, try_after__lte=now)
        return self._write(due, asked_at=now, tries=F("tries") + 1, file=file)

    def put_off(self, until: datetime, now: datetime, details: str = "") -> bool:
        """It was refused, once for each asking: LiveKit may be asked again at `until`."""
        facts = {"try_after": until, "details": details, **_one_more_failure(now)}
        return self._write(self._asked(), asked_at=None, **facts)

    def give_up(self, reason: str, now: datetime, details: str = "") -> bool:
        """It was refused for the last time."""
        facts = {"failure_reason": reason, "details": details, **_one_more_failure(now)}
        return self._write(self._asked(), status=Status.FAILED, ended_at=now, **facts)

    def _asked(self) -> Q:
        """As it was when LiveKit was asked: no egress is known, and nobody else concluded the same."""
        return Q(status=Status.PENDING, asked_at=self.asked_at, egress_id=None) & ~Q(asked_at=None)

    def known_as(self, told: Egress) -> bool:
        """Learn the id of the egress that writes this take's file; False if it is another's."""
        if self.egress_id is None:
            self._write(Q(egress_id=None, file=told.key, status__in=UNFINISHED), egress_id=told.id[:64])
        return self.egress_id == told.id

    def claim_stop(self, now: datetime) -> bool:
        """Be the one who asks LiveKit to end it now: not more often than each half minute."""
        due = Q(stop_asked_at=None) | Q(stop_asked_at__lte=now - STOP_AGAIN)
        return self._write(due & Q(status__in=UNFINISHED), stop_asked_at=now)

    def has_part(self, size: int) -> bool:
        """Of a failed take something was stored."""
        return self._write(Q(status=Status.FAILED), size_bytes=size)

    def note(self, **facts: object) -> bool:
        """Learn what does not move it, while it is unfinished."""
        return self._write(Q(status__in=UNFINISHED), **facts)

    def _write(self, as_long_as: Q, **facts: object) -> bool:
        written = Take.objects.filter(as_long_as, pk=self.pk).update(**facts)
        self.refresh_from_db()
        return bool(written)


def _one_more_failure(now: datetime) -> dict[str, object]:
    return {"failures": F("failures") + 1, "failed_at": now}


@dataclass(frozen=True)
class Recording:
    """What a meeting shows of its takes: seconds and bytes are sums over the completed ones."""

    status: Status
    duration_seconds: int
    size_bytes: int
    has_recording: bool

    @classmethod
    def of(cls, takes: Iterable[Take]) -> Self:
        takes = list(takes)
        completed = [take for take in takes if take.status == Status.COMPLETED]
        return cls(
            status=of_meeting([take.status for take in takes]),
            duration_seconds=sum(take.seconds or 0 for take in completed),
            size_bytes=sum(take.size_bytes or 0 for take in completed),
            has_recording=bool(completed),
        )
