"""Who sees what, and what is read together with it."""

from typing import Any, cast

import django_filters
from django.db.models import Prefetch
from rest_framework.request import Request
from rest_framework.views import APIView

from customers.models import Customer
from meetings.errors import MeetingNotFound
from meetings.models import Meeting, MeetingQuerySet, Status
from participants.errors import MeetingNotSecured, ParticipantNotFound
from participants.models import Participant, ParticipantQuerySet, Stay


class CustomerView(APIView):
    """A view of the customer whose key was sent."""

    @property
    def customer(self) -> Customer:
        return cast(Customer, self.request.user)  # says ApiKeyAuthentication


class MeetingView(CustomerView):
    """A view of one meeting of the customer; anybody else's is as unknown as one that never existed."""

    meeting: Meeting

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        mine = Meeting.objects.of(self.customer).select_related("customer")
        meeting = mine.filter(code=kwargs["code"].upper()).first()
        if meeting is None:
            raise MeetingNotFound
        self.meeting = meeting

    def require_secured(self) -> None:
        if not self.meeting.is_secured:
            raise MeetingNotSecured


class ParticipantView(MeetingView):
    """A view of one registered person of a meeting of the customer."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.require_secured()
        person = people(self.meeting).filter(external_user_id=kwargs["external_user_id"]).first()
        if person is None:
            raise ParticipantNotFound
        self.person = person


def people(meeting: Meeting) -> ParticipantQuerySet:
    """The registered people of a meeting with their stays, oldest first, in two queries."""
    registered = Participant.objects.of(meeting).registered()
    return registered.select_related("meeting").prefetch_related(
        Prefetch("stays", Stay.objects.order_by("created_at", "pk"))
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
