"""Meetings: create, list, detail, end, cancel."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import examples
from api.v1.fields import Count, Flag, Moment, Text
from api.v1.pagination import LIMIT, OFFSET, page
from api.v1.participants import NewParticipantSerializer, ParticipantSerializer, RegisteredSerializer
from api.v1.schema import MEETING_CODE, operation, post_operation
from api.v1.scope import STATUS, CustomerView, MeetingFilter, MeetingView, people
from billing import ledger, pricing
from billing.errors import InsufficientCredits
from calls import ending
from meetings.errors import MeetingNotActive, MeetingNotFound, MeetingStarted
from meetings.models import Meeting, Status
from participants.errors import AlreadyRegistered, MeetingNotSecured
from participants.models import Participant
from participants.registration import register

# Until a first recording there is nothing else to say of one.
NO_RECORDING = {
    "status": "pending",
    "duration_seconds": 0,
    "size_bytes": 0,
    "has_recording": False,
}
RECORDING_STATUSES = ("pending", "recording", "processing", "completed", "failed")


# Create


class NewMeetingSerializer(serializers.Serializer[Meeting]):
    """The body of create. `context`: `now`."""

    topic = Text(max_length=255, required=False, default="", allow_blank=True, trim_whitespace=False)
    start_date_time = Moment(required=False, default=None, allow_null=True)
    expires_at = Moment(required=False, default=None, allow_null=True)
    is_secured = Flag(required=False, default=False)
    record_on_cloud = Flag(required=False, default=False)
    feedback_required = Flag(required=False, default=False)
    max_participants = Count(required=False, default=50, min_value=2, max_value=200)
    participants = serializers.ListField(
        child=NewParticipantSerializer(), required=False, default=list, max_length=1000
    )

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value and value <= self.context["now"]:
            raise serializers.ValidationError("Must lie in the future.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs["start_date_time"], attrs["expires_at"]
        if start and end and end <= start:
            raise serializers.ValidationError({"expires_at": ["Must lie after start_date_time."]})
        if (attrs["participants"] or attrs["feedback_required"]) and not attrs["is_secured"]:
            raise MeetingNotSecured
        return attrs

    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Meeting:
        """The meeting and its people, all or nothing. Raises AlreadyRegistered for a doubled id."""
        now, new = self.context["now"], validated_data.pop("participants")
        meeting = Meeting.objects.create(created_at=now, **validated_data)
        register(Participant(meeting=meeting, created_at=now, **person) for person in new)
        return meeting


class BillingInfoSerializer(serializers.Serializer[Any]):
    note = serializers.CharField()
    min_billable_minutes = serializers.IntegerField()


@extend_schema_serializer(component_name="CreatedMeeting")
class CreatedSerializer(serializers.ModelSerializer[Meeting]):
    meeting_code = serializers.CharField(source="code")
    join_url = serializers.CharField()
    customer = serializers.CharField(source="customer.slug")
    credits_balance = serializers.SerializerMethodField()
    billing_info = serializers.SerializerMethodField()
    participants = RegisteredSerializer(many=True)

    class Meta:
        model = Meeting
        fields = (
            "meeting_code",
            "join_url",
            "topic",
            "is_secured",
            "record_on_cloud",
            "feedback_required",
            "created_at",
            "start_date_time",
            "expires_at",
            "customer",
            "credits_balance",
            "billing_info",
            "participants",
            "max_participants",
        )

    def get_credits_balance(self, meeting: Meeting) -> float:
        return float(ledger.balance(meeting.customer))  # 4 decimals survive up to 10^11 credits

    @extend_schema_field(BillingInfoSerializer)
    def get_billing_info(self, meeting: Meeting) -> dict[str, object]:
        return {"note": pricing.NOTE, "min_billable_minutes": pricing.MIN_BILLABLE_MINUTES}

    def to_representation(self, instance: Meeting) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not instance.is_secured:
            del shown["participants"]
        return shown


# List and detail


@extend_schema_serializer(component_name="ListedMeeting")
class ListedSerializer(serializers.ModelSerializer[Meeting]):
    """A meeting in the list. `context`: `now`."""

    meeting_code = serializers.CharField(source="code")
    join_url = serializers.CharField()
    status = serializers.SerializerMethodField()
    recording_status = serializers.SerializerMethodField()

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = (
            "meeting_code",
            "join_url",
            "topic",
            "status",
            "is_secured",
            "record_on_cloud",
            "feedback_required",
            "recording_status",
            "created_at",
            "start_date_time",
            "expires_at",
        )

    @extend_schema_field(serializers.ChoiceField(choices=[(status.value, status.value) for status in Status]))
    def get_status(self, meeting: Meeting) -> str:
        return meeting.status(self.context["now"])

    @extend_schema_field(serializers.ChoiceField(choices=RECORDING_STATUSES, allow_null=True))
    def get_recording_status(self, meeting: Meeting) -> object:
        return NO_RECORDING["status"] if meeting.record_on_cloud else None


class ListSerializer(serializers.Serializer[Any]):
    meetings = ListedSerializer(many=True)
    count = serializers.IntegerField(help_text="How many there are, on all pages.")
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()


class RecordingSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=RECORDING_STATUSES)
    duration_seconds = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    has_recording = serializers.BooleanField()


@extend_schema_serializer(component_name="Meeting")
class DetailSerializer(ListedSerializer):
    """A whole meeting. `context`: `now`."""

    participant_count = serializers.SerializerMethodField()
    recording = serializers.SerializerMethodField()
    registered_participant_count = serializers.SerializerMethodField()
    registered_participants = serializers.SerializerMethodField()

    class Meta(ListedSerializer.Meta):
        fields = (
            *ListedSerializer.Meta.fields,
            "ended_at",
            "participant_count",
            "recording",
            "registered_participant_count",
            "registered_participants",
            "max_participants",
        )

    def get_participant_count(self, meeting: Meeting) -> int:
        return Participant.objects.of(meeting).who_connected().count_people()

    @extend_schema_field(RecordingSerializer(allow_null=True))
    def get_recording(self, meeting: Meeting) -> dict[str, object] | None:
        return NO_RECORDING if meeting.record_on_cloud else None

    def get_registered_participant_count(self, meeting: Meeting) -> int:
        return len(self._people(meeting))

    @extend_schema_field(ParticipantSerializer(many=True))
    def get_registered_participants(self, meeting: Meeting) -> Any:
        return ParticipantSerializer(self._people(meeting), many=True, context=self.context).data

    def _people(self, meeting: Meeting) -> list[Participant]:
        if not hasattr(self, "_read"):
            self._read = list(people(meeting)) if meeting.is_secured else []
        return self._read

    def to_representation(self, instance: Meeting) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not instance.is_secured:
            del shown["registered_participant_count"], shown["registered_participants"]
        return shown


# End and cancel


class EndedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(default="Meeting ended successfully")
    meeting_code = serializers.CharField(source="code")
    ended_at = Moment()


class CancelledSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(default="Meeting cancelled successfully")
    meeting_code = serializers.CharField()
    status = serializers.CharField(default=Status.EXPIRED)


# Views


class MeetingsView(CustomerView):
    @operation(
        "list_meetings",
        "List your meetings, newest first",
        (200, ListSerializer, examples.MEETINGS),
        parameters=[STATUS, LIMIT, OFFSET],
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        mine = Meeting.objects.of(self.customer)
        shown, numbers = page(request, MeetingFilter(request.query_params, mine, now=now))
        return Response(ListSerializer({"meetings": shown, **numbers}, context={"now": now}).data)

    @post_operation(
        "create_meeting",
        "Create a meeting",
        (201, CreatedSerializer, examples.CREATED),
        body=(NewMeetingSerializer, examples.NEW_MEETING),
        problems=[MeetingNotSecured(), InsufficientCredits(), AlreadyRegistered("user-123")],
    )
    def post(self, request: Request) -> Response:
        new = NewMeetingSerializer(data=request.data, context={"now": timezone.now()})
        new.is_valid(raise_exception=True)
        ledger.require_credits(self.customer)
        meeting = new.save(customer=self.customer)
        return Response(CreatedSerializer(meeting).data, status=201)


class OneMeetingView(MeetingView):
    @operation(
        "show_meeting",
        "Show a meeting, with the people registered for it",
        (200, DetailSerializer, examples.MEETING),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound()],
    )
    def get(self, request: Request, meeting_code: str) -> Response:
        return Response(DetailSerializer(self.meeting, context={"now": timezone.now()}).data)

    @operation(
        "end_meeting",
        "End a meeting and disconnect everybody",
        (200, EndedSerializer, examples.ENDED),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound(), MeetingNotActive()],
    )
    def delete(self, request: Request, meeting_code: str) -> Response:
        ending.end(self.meeting, timezone.now())
        return Response(EndedSerializer(self.meeting).data)


class CancelView(MeetingView):
    @post_operation(
        "cancel_meeting",
        "Cancel a meeting that has never been started",
        (200, CancelledSerializer, examples.CANCELLED),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound(), MeetingStarted(started_at="2024-01-15T10:35:00Z"), MeetingNotActive()],
    )
    def post(self, request: Request, meeting_code: str) -> Response:
        ending.cancel(self.meeting, timezone.now())
        return Response(CancelledSerializer({"meeting_code": self.meeting.code}).data)
