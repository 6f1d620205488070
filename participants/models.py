from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from meetings.models import Meeting
from participants import links
from participants import stays as rules
from upclass import codes

ADMISSION_LIFE = timedelta(minutes=6)  # a 5-minute token is accepted a minute longer
EMPTY_AFTER = timedelta(seconds=60)  # since the last stay ended


class Role(models.TextChoices):
    HOST = "host"
    ATTENDEE = "attendee"


# People


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def of(self, meeting: Meeting) -> Self:
        return self.filter(meeting=meeting)

    def registered(self) -> Self:
        """Registrations that stand; guests of open meetings are not among them."""
        return self.filter(external_user_id__isnull=False, removed_at__isnull=True)

    def who_connected(self) -> Self:
        return self.filter(Exists(Stay.objects.filter(participant=OuterRef("pk"))))

    def who_came(self) -> Self:
        """Who connected, or was let in: news of their connection may be on its way."""
        let_in = Admission.objects.filter(participant=OuterRef("pk"))
        return self.filter(Exists(Stay.objects.filter(participant=OuterRef("pk"))) | Exists(let_in))

    def count_people(self) -> int:
        """How many different people: a registration made anew is the same person."""
        who = Coalesce("external_user_id", "identity")
        return self.order_by().values(who=who).distinct().count()

    def present(self, now: datetime) -> Self:
        """Connected, or let through the door and not yet there."""
        connected = Stay.objects.filter(participant=OuterRef("pk"), left_at__isnull=True)
        expected = Admission.objects.live(now).filter(participant=OuterRef("pk"))
        return self.filter(Exists(connected) | Exists(expected))


class Participant(models.Model):
    """A person registered for a secured meeting, or a guest of an open one (no `external_user_id`)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="participants")
    external_user_id = models.CharField(max_length=255, null=True, blank=True)
    display_name = models.CharField(max_length=100)
    email = models.EmailField(null=True, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.ATTENDEE)
    code = models.CharField(max_length=6, default=codes.participant_code, editable=False)
    identity = models.CharField(max_length=255, default=codes.identity, editable=False)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, editable=False)
    barred_at = models.DateTimeField(null=True, editable=False)  # put out; the registration stands
    barred_by = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "external_user_id"),
                condition=Q(removed_at__isnull=True),
                name="registered_once_per_meeting",
            ),
            models.UniqueConstraint(fields=("meeting", "code"), name="code_once_per_meeting"),
            models.UniqueConstraint(fields=("meeting", "identity"), name="identity_once_per_meeting"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def token(self) -> str:
        """The join URL's token: signed, the same at every reading, kept nowhere."""
        return links.token(self.identity)

    @property
    def join_url(self) -> str:
        return f"{self.meeting.join_url}?token={self.token}"

    @property
    def is_guest(self) -> bool:
        return self.external_user_id is None

    @property
    def is_host(self) -> bool:
        """Registered as a host; an open meeting has none."""
        return self.role == Role.HOST and not self.is_guest

    @property
    def who(self) -> tuple[bool, str]:
        """Which person this is in the meeting: a registration made anew is the same one."""
        return self.is_guest, self.external_user_id or self.identity

    def spans(self, now: datetime) -> list[rules.Span]:
        return [stay.span(self.meeting, now) for stay in self.stays.all()]

    def total_minutes(self, now: datetime) -> int:
        return rules.minutes(rules.seconds(self.spans(now)))

    def sessions(self, now: datetime) -> "list[Session]":
        groups = rules.visits(self.stays.all(), lambda stay: stay.span(self.meeting, now))
        return [Session.of(group, self.meeting, now) for group in groups]

    def remove(self, now: datetime) -> bool:
        """Let the registration end, once; False when it had ended before."""
        standing = Participant.objects.filter(pk=self.pk, removed_at__isnull=True)
        return bool(standing.update(removed_at=now))

    def bar(self, host: "Participant", now: datetime) -> bool:
        """Let link and code be dead, once: a host put them out. The registration stands.

        False when they had been barred, or removed, before.
        """
        welcome = Participant.objects.filter(pk=self.pk, removed_at__isnull=True, barred_at__isnull=True)
        return bool(welcome.update(barred_at=now, barred_by=host))

    def let_back_in(self) -> bool:
        """Let link and code work again; False when they were not barred."""
        barred = Participant.objects.filter(pk=self.pk, barred_at__isnull=False)
        return bool(barred.update(barred_at=None, barred_by=None))


# Attendance


class StayQuerySet(models.QuerySet["Stay"]):
    def of(self, meeting: Meeting) -> Self:
        return self.filter(meeting=meeting)

    def open(self) -> Self:
        return self.filter(left_at__isnull=True)

    def since(self, at: datetime) -> Self:
        """Of those who are there, or left after `at`."""
        return self.filter(Q(left_at__isnull=True) | Q(left_at__gt=at))

    def unsettled(self) -> Self:
        """Of which something changed since billing last looked."""
        return self.exclude(settled_version=F("version"))

    # What is known changes by these only, each one statement, so that news may come in any order at once.

    def write(self, now: datetime, **facts: object) -> int:
        """Change what is known, and have billing look again."""
        is_settled = Q(settled_version=F("version"))
        since = Case(When(is_settled, then=Value(now)), default=F("unsettled_since"))
        return self.update(**facts, version=F("version") + 1, unsettled_since=since)

    def came(self, at: datetime, now: datetime) -> None:
        """LiveKit told when they joined: that stands, also against an earlier guess."""
        known = self.filter(Q(is_joined_guessed=True) | Q(joined_at__gt=at))
        known.write(now, joined_at=at, is_joined_guessed=False)

    def came_before(self, at: datetime, now: datetime) -> None:
        """They were there at `at`: a guess that they joined later was wrong."""
        self.filter(is_joined_guessed=True, joined_at__gt=at).write(now, joined_at=at)

    def seen(self, at: datetime, now: datetime) -> None:
        """LiveKit showed them active at `at`: a guess that they had left before was wrong."""
        is_there = Q(left_at__isnull=True, last_seen_at__lte=at)
        unsure = self.filter(is_there | Q(is_left_guessed=True, last_seen_at__lt=at))
        unsure.write(now, last_seen_at=at, missed_looks=0, left_at=None, is_left_guessed=False)

    def left(self, at: datetime, now: datetime) -> None:
        """LiveKit told when they left: that stands, also against an earlier guess."""
        unsure = Q(left_at__isnull=True) | Q(is_left_guessed=True) | Q(left_at__gt=at)
        self.filter(unsure).write(now, left_at=at, is_left_guessed=False)

    def lost(self, now: datetime) -> None:
        """They are gone, and nothing told when: as far as we can tell, when last seen."""
        self.open().write(now, left_at=F("last_seen_at"), is_left_guessed=True)


class Stay(models.Model):
    """One connection of one person, as LiveKit tells it: a row per LiveKit participant sid."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="stays")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="stays")
    sid = models.CharField(max_length=64, unique=True)
    session_id = models.CharField(max_length=12, default=codes.session_id, editable=False)
    joined_at = models.DateTimeField()
    is_joined_guessed = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)
    is_left_guessed = models.BooleanField(default=False)
    last_seen_at = models.DateTimeField()
    missed_looks = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    settled_version = models.PositiveIntegerField(default=0)
    unsettled_since = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = StayQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(fields=("last_seen_at",), condition=Q(left_at__isnull=True), name="open_stays"),
            models.Index(fields=("left_at",), name="stays_by_leaving"),
            models.Index(
                fields=("meeting",), condition=~Q(settled_version=F("version")), name="unsettled_stays"
            ),
        )

    def __str__(self) -> str:
        return self.sid

    def span(self, meeting: Meeting, now: datetime) -> rules.Span:
        """The time that counts: until leaving, until the meeting was over, or until now."""
        return rules.span(self.joined_at, self.left_at, meeting.over_at(now) or now)

    def billed_span(self, meeting: Meeting) -> rules.Span:
        """The time that costs: an open stay counts up to the last moment LiveKit showed the person active."""
        end = self.left_at or self.last_seen_at
        return rules.span(self.joined_at, end, meeting.closes_at or end)


@dataclass(frozen=True)
class Session:
    """What the API shows: one visit, made of stays that are less than 15 s apart."""

    id: int
    session_id: str
    joined_at: datetime
    left_at: datetime | None
    total_minutes: int
    is_connected: bool

    @classmethod
    def of(cls, group: "list[Stay]", meeting: Meeting, now: datetime) -> "Session":
        spans = [stay.span(meeting, now) for stay in group]
        is_over = meeting.over_at(now) is not None
        is_connected = not is_over and any(stay.left_at is None for stay in group)
        return cls(
            id=group[0].pk,
            session_id=group[0].session_id,
            joined_at=spans[0][0],
            left_at=None if is_connected else max(end for _, end in spans),
            total_minutes=rules.minutes(rules.seconds(spans)),
            is_connected=is_connected,
        )


# The door


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def is_newest(self, person: Participant, visit: str) -> bool:
        """Whether nobody was let in as this person since this visit of theirs."""
        last = self.filter(participant=person).order_by("pk").last()
        return last is None or last.visit == visit

    def live(self, now: datetime) -> Self:
        """Counting as presence: six minutes, or until the stay that came of it has ended."""
        ended = Stay.objects.filter(
            participant=OuterRef("participant"),
            joined_at__gte=OuterRef("created_at"),
            left_at__isnull=False,
        )
        return self.filter(~Exists(ended), created_at__gt=now - ADMISSION_LIFE)


class Admission(models.Model):
    """A person was let through the door and given a LiveKit token.

    `created_at` is in whole seconds, as the times of stays are: a stay is compared with it.
    `recording_told_at` is when they came in by a page that had said "this meeting is recorded"; empty where
    the meeting is not. `visit` is what a page calls one click on "Join" and all its connections: by it the
    door knows who comes back by themselves from who came elsewhere meanwhile.
    """

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="admissions")
    created_at = models.DateTimeField()
    recording_told_at = models.DateTimeField(null=True, editable=False)
    visit = models.CharField(max_length=32, blank=True, default="", editable=False)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.participant} at {self.created_at:%H:%M:%S}"
