"""Who sees what, and what is read together with it."""

from typing import Any, cast

import django_filters
from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.views import APIView

from api.idempotency import once
from api.parsers import refuse_large, refuse_unclean_query, require_object
from billing.models import Entry, EntryQuerySet, Kind
from customers.models import Customer
from feedback.models import Answer, AnswerQuerySet
from meetings.errors import MeetingNotFound
from meetings.models import Meeting, MeetingQuerySet, Status
from participants.errors import MeetingNotSecured, ParticipantNotFound
from participants.models import Participant, ParticipantQuerySet, Stay
from recordings.models import Take, TakeQuerySet


class CustomerView(APIView):
    """A view of the customer whose key was sent. Refuses in the order of the rules, before a method runs."""

    http_method_names = ["get", "head", "post", "delete"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """No POST of any view can forget `Idempotency-Key`."""
        super().__init_subclass__(**kwargs)
        if "post" in vars(cls):
            cls.post = once(cls.post)  # type: ignore[attr-defined]  # not every view has one

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
        refuse_unclean_query(request)
        self.require()

    def look_up(self, **kwargs: str) -> None:
        """Find what the path names, or raise that it is not there."""

    def require(self) -> None:
        """Raise why what the path names cannot be asked this."""


class MeetingView(CustomerView):
    """A view of one meeting of the customer; anybody else's is as unknown as one that never existed."""

    meeting: Meeting

    def look_up(self, **kwargs: str) -> None:
        mine = Meeting.objects.of(self.customer).select_related("customer")
        meeting = mine.filter(code=kwargs["meeting_code"].upper()).first()
        if meeting is None:
            raise MeetingNotFound
        self.meeting = meeting


class SecuredView(MeetingView):
    """A view of what only secured meetings have."""

    def require(self) -> None:
        if not self.meeting.is_secured:
            raise MeetingNotSecured


class ParticipantView(SecuredView):
    """A view of one registered person. On an open meeting it says so, rather than that nobody is there."""

    person: Participant

    def look_up(self, **kwargs: str) -> None:
        super().look_up(**kwargs)
        person = people(self.meeting).filter(external_user_id=kwargs["external_user_id"]).first()
        if person is None and self.meeting.is_secured:
            raise ParticipantNotFound
        if person:
            self.person = person


def meetings(customer: Customer) -> MeetingQuerySet:
    """A customer's meetings with their takes, newest first, in two queries."""
    return Meeting.objects.of(customer).prefetch_related("takes")


def takes(meeting: Meeting) -> TakeQuerySet:
    """What was recorded of a meeting, and for whom, oldest first, in one query."""
    return Take.objects.of(meeting).shown().select_related("recorder", "meeting")


def answers(meeting: Meeting) -> AnswerQuerySet:
    """What people said of a meeting, and under which names, oldest first, in one query."""
    return Answer.objects.of(meeting).select_related("participant")


def people(meeting: Meeting) -> ParticipantQuerySet:
    """The registered people of a meeting with their stays, oldest first, in two queries."""
    registered = Participant.objects.of(meeting).registered()
    return registered.select_related("meeting").prefetch_related(
        Prefetch("stays", Stay.objects.order_by("created_at", "pk"))
    )


STATUS = OpenApiParameter(
    "status",
    {"type": "string", "enum": [status.value for status in Status]},
    OpenApiParameter.QUERY,
    description="Only meetings that are active, ended or expired now.",
)


class MeetingFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    """`?status=`: a rule over times, in SQL. Needs `now`."""

    status = django_filters.ChoiceFilter(
        choices=[(status.value, status.value) for status in Status], method="by_status"
    )

    class Meta:
        model = Meeting
        fields = ("status",)

    def __init__(self, *args: Any, now: Any, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def by_status(self, queryset: MeetingQuerySet, name: str, value: str) -> MeetingQuerySet:
        return queryset.with_status(Status(value), self.now)


def entries(customer: Customer) -> EntryQuerySet:
    """The lines of a customer's ledger with their meetings, newest first, in one query."""
    return Entry.objects.of(customer).select_related("meeting")


KIND = OpenApiParameter(
    "kind",
    {"type": "string", "enum": [kind.value for kind in Kind]},
    OpenApiParameter.QUERY,
    description="Only entries of this kind.",
)


class EntryFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    """`?kind=`."""

    kind = django_filters.ChoiceFilter(choices=[(kind.value, kind.value) for kind in Kind])

    class Meta:
        model = Entry
        fields = ("kind",)
