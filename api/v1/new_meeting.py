"""A new meeting: what create takes, and what it answers."""

from datetime import datetime
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from api.v1.fields import Count, Credits, Flag, Line, Moment
from api.v1.participants import NewParticipantSerializer, RegisteredSerializer
from api.v1.shown import FromContext, Shown
from billing import pricing
from meetings.models import Meeting
from participants.errors import MeetingNotSecured
from participants.models import Participant
from participants.registration import register


class NewMeetingSerializer(serializers.Serializer[Meeting]):
    """The body of create. `context`: `now`."""

    topic = Line(
        max_length=255,
        required=False,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        help_text="One line.",
    )
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

    def create(self, validated_data: dict[str, Any]) -> Meeting:
        """The meeting and its people, all or nothing. Raises AlreadyRegistered for a doubled id."""
        people = validated_data.pop("participants")
        facts = {"created_at": self.context["now"], **validated_data}
        return _create_with(people, facts) if people else Meeting.objects.create(**facts)


@transaction.atomic
def _create_with(people: list[dict[str, Any]], facts: dict[str, Any]) -> Meeting:
    meeting = Meeting.objects.create(**facts)
    register(Participant(meeting=meeting, created_at=meeting.created_at, **person) for person in people)
    return meeting


class BillingInfoSerializer(serializers.Serializer[Any]):
    note = serializers.CharField()
    min_billable_minutes = serializers.IntegerField()


class BalanceRead(FromContext, Credits):
    """The one that was read to see whether anything is left."""


@extend_schema_serializer(component_name="CreatedMeeting")
class CreatedSerializer(Shown, serializers.ModelSerializer[Meeting]):
    """What create answers. `context`: `credits_balance`."""

    meeting_code = serializers.CharField(source="code")
    join_url = serializers.CharField()
    customer = serializers.CharField(source="customer.slug")
    credits_balance = BalanceRead()
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

    @extend_schema_field(BillingInfoSerializer)
    def get_billing_info(self, meeting: Meeting) -> dict[str, object]:
        return {"note": pricing.NOTE, "min_billable_minutes": pricing.MIN_BILLABLE_MINUTES}

    def hidden(self, instance: Meeting) -> tuple[str, ...]:
        return () if instance.is_secured else ("participants",)
