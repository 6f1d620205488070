from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least

from meetings.models import Meeting
from participants import links, timespans
from participants.connections import Connection, later
from participants.sessions import Session
from upclass import codes

ADMISSION_LIFE = timedelta(minutes=6)  # a 5-minute token is accepted a minute longer
NETWORK_RETENTION = timedelta(hours=1)  # longer than any limit looks back


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

    def ever_registered(self, meetings: Iterable[int], people: Iterable[str]) -> Self:
        """By these `external_user_id`s, in any of these meetings; each half is in an index of its own."""
        of_these = self.filter(meeting__in=meetings, external_user_id__in=people).order_by()
        removed = of_these.filter(removed_at__isnull=False)
        return of_these.filter(removed_at__isnull=True).union(removed, all=True)

    def who_connected(self) -> Self:
        return self.filter(Exists(Connection.objects.filter(participant=OuterRef("pk"))))

    def who_came(self) -> Self:
        """Who connected, or was let in: the webhook of their connection may be on its way."""
        let_in = Admission.objects.filter(participant=OuterRef("pk"))
        return self.filter(Exists(Connection.objects.filter(participant=OuterRef("pk"))) | Exists(let_in))

    def people_by_meeting(self) -> "models.QuerySet[Any, Any]":
        """How many different `people` each `meeting` has: a registration made anew is the same person."""
        who = Coalesce("external_user_id", "identity")
        return self.order_by().values("meeting").annotate(people=Count(who, distinct=True))

    def present(self, meeting: Meeting, now: datetime) -> Self:
        """Connected, or admitted and not yet there: found from these, of however many are registered."""
        connected = Connection.objects.of(meeting).open().values("participant")
        expected = Admission.objects.of(meeting).live(now).values("participant")
        return self.filter(pk__in=connected.union(expected))


class Participant(models.Model):
    """A person registered for a secured meeting, or a guest of an open one (no `external_user_id`)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="participants", db_index=False)
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
        indexes = (
            models.Index(
                fields=("meeting", "external_user_id"),
                condition=Q(removed_at__isnull=False),
                name="removed_registrations",
            ),
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
    def person_key(self) -> tuple[bool, str]:
        """Which person this is in the meeting: a registration made anew is the same one."""
        return self.is_guest, self.external_user_id or self.identity

    def spans(self, now: datetime) -> list[timespans.Span]:
        return [connection.span(self.meeting, now) for connection in self.connections.all()]

    def total_minutes(self, now: datetime) -> int:
        return timespans.minutes(timespans.seconds(self.spans(now)))

    def sessions(self, now: datetime) -> "list[Session]":
        groups = timespans.grouped(
            self.connections.all(), lambda connection: connection.span(self.meeting, now)
        )
        return [Session.of(group, self.meeting, now) for group in groups]

    def mark_removed(self, now: datetime) -> bool:
        """End the registration, once; False when it had ended before."""
        standing = Participant.objects.filter(pk=self.pk, removed_at__isnull=True)
        return bool(standing.update(removed_at=now))

    def mark_barred(self, host: "Participant", now: datetime) -> bool:
        """Kill link and code, once: a host removed them from the call. The registration stands.

        False when they had been barred, or removed, before.
        """
        welcome = Participant.objects.filter(pk=self.pk, removed_at__isnull=True, barred_at__isnull=True)
        return bool(welcome.update(barred_at=now, barred_by=host))

    def lift_bar(self) -> bool:
        """Let link and code work again; False when they were not barred."""
        barred = Participant.objects.filter(pk=self.pk, barred_at__isnull=False)
        return bool(barred.update(barred_at=None, barred_by=None))


# Admission


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def of(self, meeting: Meeting) -> Self:
        return self.filter(participant__meeting=meeting)

    def is_newest(self, person: Participant, visit: str) -> bool:
        """Whether nobody was let in as this person since this visit of theirs."""
        last = self.filter(participant=person).order_by("pk").last()
        return last is None or last.visit == visit

    def with_presence(self) -> Self:
        """With `presence_ends_at`: six minutes after it, or when a connection that came of it has ended."""
        ended = Connection.objects.of_admission().filter(left_at__isnull=False)
        first_left_at = Subquery(ended.order_by("left_at").values("left_at")[:1])
        return self.annotate(presence_ends_at=Least(later(F("created_at"), ADMISSION_LIFE), first_left_at))

    def live(self, now: datetime) -> Self:
        """Counting as presence at `now`. None is older than its life, so an index has all that may be."""
        return self.recent(now).with_presence().filter(presence_ends_at__gt=now)

    def recent(self, now: datetime) -> Self:
        """Created within the life of an admission."""
        return self.filter(created_at__gt=now - ADMISSION_LIFE)

    def of_guests_not_there(self, meeting: Meeting, network: str, now: datetime) -> Self:
        """Guests from one network who hold a seat of a meeting, and have not connected yet."""
        came = Connection.objects.of_admission()
        guests = self.of(meeting).recent(now).filter(network=network)
        return guests.filter(~Exists(came))

    def forget_networks(self, now: datetime) -> int:
        """Addresses are personal data: kept only as long as they are counted."""
        return self.exclude(network="").filter(created_at__lte=now - NETWORK_RETENTION).update(network="")


class Admission(models.Model):
    """A person was admitted, and given a LiveKit token.

    `created_at` is in whole seconds, as the times of connections are: a connection is compared with it.
    `recording_told_at` is when they came in by a page that had said "this meeting is recorded"; empty where
    the meeting is not. `visit` is what a page calls one click on "Join" and all its connections: by it
    admission knows who comes back by themselves from who came elsewhere meanwhile. `network`: of a guest, the
    address that they came from, of IPv6 its /64 (upclass.addresses.client_network); forgotten after an hour.
    """

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="admissions", db_index=False)
    created_at = models.DateTimeField()
    recording_told_at = models.DateTimeField(null=True, editable=False)
    visit = models.CharField(max_length=32, blank=True, default="", editable=False)
    network = models.CharField(max_length=50, blank=True, default="", editable=False)

    presence_ends_at: datetime  # of rows read `with_presence`; no column

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(fields=("created_at",), name="admissions_by_time"),
            models.Index(fields=("participant", "created_at"), name="admissions_of_participant"),
            models.Index(fields=("network",), condition=~Q(network=""), name="admissions_by_network"),
        )

    def __str__(self) -> str:
        return f"{self.participant} at {self.created_at:%H:%M:%S}"
