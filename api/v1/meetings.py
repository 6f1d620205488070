"""Meetings: create, list, detail, end, cancel."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.fields import Count, Flag, Moment, Text
from api.v1.pagination import page
from api.v1.participants import NewParticipantSerializer, ParticipantSerializer, RegisteredSerializer
from api.v1.scope import CustomerView, MeetingFilter, MeetingView, people
from billing import ledger, pricing
from calls import ending
from meetings.models import Meeting
from participants.errors import MeetingNotSecured
from participants.models import Participant, register

# Until a first recording there is nothing else to say of one.
NO_RECORDING = {
    "status": "pending",
    "duration_seconds": 0,
    "size_bytes": 0,
    "has_recording": False,
}


class NewMeetingSerializer(serializers.Serializer[Meeting]):
    """The body of create. `context`: `now`."""

    topic = Text(max_length=255, required=False, default="", allow_blank=True)
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


class CreatedSerializer(serializers.ModelSerializer[Meeting]):
    customer = serializers.CharField(source="customer.slug")
    credits_balance = serializers.SerializerMethodField()
    billing_info = serializers.SerializerMethodField()
    participants = serializers.SerializerMethodField()

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

    meeting_code = serializers.CharField(source="code")

    def get_credits_balance(self, meeting: Meeting) -> float:
        return _number(ledger.balance(meeting.customer))

    def get_billing_info(self, meeting: Meeting) -> dict[str, object]:
        return {"note": pricing.NOTE, "min_billable_minutes": pricing.MIN_BILLABLE_MINUTES}

    def get_participants(self, meeting: Meeting) -> Any:
        new = Participant.objects.of(meeting).select_related("meeting")
        return RegisteredSerializer(new, many=True).data

    def to_representation(self, instance: Meeting) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not instance.is_secured:
            del shown["participants"]
        return shown


def _number(amount: Decimal) -> float:
    """Credits as JSON has them; 4 decimals survive in a float up to 10^11."""
    return float(amount)


class ListedSerializer(serializers.ModelSerializer[Meeting]):
    """A meeting in the list. `context`: `now`."""

    meeting_code = serializers.CharField(source="code")
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

    def get_status(self, meeting: Meeting) -> str:
        return meeting.status(self.context["now"])

    def get_recording_status(self, meeting: Meeting) -> object:
        return NO_RECORDING["status"] if meeting.record_on_cloud else None


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

    def get_recording(self, meeting: Meeting) -> dict[str, object] | None:
        return NO_RECORDING if meeting.record_on_cloud else None

    def get_registered_participant_count(self, meeting: Meeting) -> int:
        return len(self._people(meeting))

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


class MeetingsView(CustomerView):
    def get(self, request: Request) -> Response:
        now = timezone.now()
        mine = Meeting.objects.of(self.customer)
        shown, numbers = page(request, MeetingFilter(request.query_params, mine, now=now))
        listed = ListedSerializer(shown, many=True, context={"now": now})
        return Response({"meetings": listed.data, **numbers})

    def post(self, request: Request) -> Response:
        new = NewMeetingSerializer(data=request.data, context={"now": timezone.now()})
        new.is_valid(raise_exception=True)
        ledger.require_credits(self.customer)
        meeting = new.save(customer=self.customer)
        return Response(CreatedSerializer(meeting).data, status=201)


class OneMeetingView(MeetingView):
    def get(self, request: Request, code: str) -> Response:
        return Response(DetailSerializer(self.meeting, context={"now": timezone.now()}).data)

    def delete(self, request: Request, code: str) -> Response:
        ended_at = ending.end(self.meeting, timezone.now())
        return Response(
            {
                "message": "Meeting ended successfully",
                "meeting_code": self.meeting.code,
                "ended_at": Moment().to_representation(ended_at),
            }
        )


class CancelView(MeetingView):
    def post(self, request: Request, code: str) -> Response:
        ending.cancel(self.meeting, timezone.now())
        return Response(
            {
                "message": "Meeting cancelled successfully",
                "meeting_code": self.meeting.code,
                "status": "expired",
            }
        )
