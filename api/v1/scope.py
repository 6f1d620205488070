"""Who sees what, and what is read together with it."""

from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, cast

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from api.idempotency import IdempotencyMixin
from api.parsers import refuse_large, reject_invalid_query, require_object
from api.v1.pagination import Filters, deferred
from billing.models import EntryKind, LedgerEntry, LedgerEntryQuerySet
from customers.models import Customer
from feedback.models import Feedback, FeedbackQuerySet
from meetings.errors import MeetingNotFound
from meetings.models import Meeting, MeetingQuerySet, Status
from participants.models import Participant, ParticipantQuerySet
from recordings.models import Recording, RecordingQuerySet
from upclass.compiled import Compiled, compiled


class CustomerViewSet(IdempotencyMixin, ViewSet):
    """Of the customer whose key was sent. Refuses in the order of the rules, before an action runs.

    Where the path names a meeting, `meeting` is that one of the customer's; anybody else's is as unknown as
    one that never existed.
    """

    http_method_names = ["get", "head", "post", "delete"]
    meeting: Meeting

    @property
    def customer(self) -> Customer:
        return cast(Customer, self.request.user)  # says ApiKeyAuthentication

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # 406, 401, 403, 429
        self.look_up(**kwargs)  # 404
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(str(request.method))
        refuse_large(request)  # 413
        if request.method == "POST":
            require_object(request)  # 415, 400
        reject_invalid_query(request)
        self.require()

    def look_up(self, **kwargs: str) -> None:
        """Find what the path names. Raises MeetingNotFound."""
        if "meeting_code" in kwargs:
            self.meeting = self._meeting(kwargs["meeting_code"])

    def _meeting(self, code: str) -> Meeting:
        read = in_detail if self.shows_detail else by_code
        meeting = read.first(self.customer, code.upper())
        if meeting is None:
            raise MeetingNotFound
        meeting.customer = self.customer  # read already
        return meeting

    @property
    def shows_detail(self) -> bool:
        """Whether the answer shows what `in_detail` reads of the meeting."""
        return False

    def require(self) -> None:
        """Raise why what the path names cannot be asked this."""


@compiled
def by_code(customer: Customer, code: str) -> MeetingQuerySet:
    """A customer's meeting."""
    return Meeting.objects.of(customer).filter(code=code)


@compiled
def in_detail(customer: Customer, code: str) -> MeetingQuerySet:
    """The same with `participant_count`, `billed_seconds` and `credits_used`, in one query."""
    came = Participant.objects.who_connected().people_by_meeting()
    booked = LedgerEntry.objects.sums_by_meeting()
    return (
        Meeting.objects.of(customer)
        .filter(code=code)
        .annotate(
            participant_count=_of_it(came, "people", 0),
            billed_seconds=_of_it(booked, "billed_seconds", 0),
            credits_used=_of_it(booked, "credits_used", Decimal(0)),
        )
    )


def _of_it(by_meeting: QuerySet[Any, Any], name: str, nothing: int | Decimal) -> Coalesce:
    """What rows grouped by meeting have under this name for an outer query's meeting."""
    return Coalesce(Subquery(by_meeting.filter(meeting=OuterRef("pk")).values(name)), nothing)


def meetings(customer: Customer) -> MeetingQuerySet:
    """A customer's meetings, newest first, in one query."""
    return Meeting.objects.of(customer)


def read_recordings(listed: list[Meeting]) -> None:
    """Of those meetings that are recorded, in one query; in none where none is."""
    prefetch_related_objects([meeting for meeting in listed if meeting.record_on_cloud], "recordings")


def recordings(meeting: Meeting) -> RecordingQuerySet:
    """What was recorded of a meeting, and for whom, oldest first, in one query."""
    return Recording.objects.of(meeting).shown().select_related("recorder", "meeting")


def feedback(meeting: Meeting) -> FeedbackQuerySet:
    """What people said of a meeting, and under which names, oldest first, in one query."""
    return Feedback.objects.of(meeting).select_related("participant")


def people(meeting: Meeting) -> ParticipantQuerySet:
    """The registered people of a meeting with their connections, oldest first, in two queries."""
    return meeting.participants.registered().prefetch_related("connections")


STATUS = OpenApiParameter(
    "status",
    {"type": "string", "enum": [status.value for status in Status]},
    OpenApiParameter.QUERY,
    description="Only meetings that are active, ended or expired now.",
)


class MeetingFilter(Filters):
    """`?status=`: a rule over times, in SQL. Needs `now`."""

    status = django_filters.ChoiceFilter(
        choices=[(status.value, status.value) for status in Status], method="by_status"
    )

    class Meta:
        model = Meeting
        fields = ("status",)

    def __init__(self, query: QueryDict, customer: Customer, now: datetime) -> None:
        self.customer, self.now = customer, now
        super().__init__(query, meetings(customer))

    def by_status(self, queryset: MeetingQuerySet, name: str, value: str) -> MeetingQuerySet:
        return queryset.with_status(Status(value), self.now)

    @property
    def asked(self) -> Status | None:
        status = self.form.cleaned_data["status"]
        return Status(status) if status else None

    def count(self) -> int:
        return sum(_counts(self.asked)(self.customer, self.now))

    def rows(self, start: int, end: int) -> list[Meeting]:
        return _rows(self.asked, start, end)(self.customer, self.now)


@cache
def _counts(status: Status | None) -> Compiled[[Customer, datetime], int]:
    def counts(customer: Customer, now: datetime) -> QuerySet[Meeting, int]:
        return meetings(customer).counts_with_status(status, now)

    return compiled(counts)


@lru_cache(maxsize=100)  # the pages that are asked for most: the first ones, of the usual lengths
def _rows(status: Status | None, start: int, end: int) -> Compiled[[Customer, datetime], Meeting]:
    def rows(customer: Customer, now: datetime) -> MeetingQuerySet:
        mine = meetings(customer)
        return deferred(mine, mine.with_status(status, now), start, end)

    return compiled(rows)


def entries(customer: Customer) -> LedgerEntryQuerySet:
    """The lines of a customer's ledger with their meetings, newest first, in one query."""
    return LedgerEntry.objects.of(customer).select_related("meeting")


KIND = OpenApiParameter(
    "kind",
    {"type": "string", "enum": [kind.value for kind in EntryKind]},
    OpenApiParameter.QUERY,
    description="Only entries of this kind.",
)


class LedgerEntryFilter(Filters):
    """`?kind=`."""

    kind = django_filters.ChoiceFilter(choices=[(kind.value, kind.value) for kind in EntryKind])

    class Meta:
        model = LedgerEntry
        fields = ("kind",)
