"""Meetings: create, list, detail, end, cancel."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import examples, recordings
from api.v1.fields import Credits, Moment
from api.v1.new_meeting import CreatedSerializer, NewMeetingSerializer
from api.v1.pagination import LIMIT, OFFSET, page
from api.v1.participants import ParticipantSerializer
from api.v1.recordings import RecordingSummarySerializer
from api.v1.schema import MEETING_CODE, operation, post_operation
from api.v1.scope import STATUS, CustomerViewSet, MeetingFilter, people, read_recordings
from api.v1.shown import Shown
from billing import ledger
from billing.errors import InsufficientCredits
from calls import ending
from meetings.errors import MeetingNotActive, MeetingNotFound, MeetingStarted
from meetings.models import Meeting, Status
from participants.errors import AlreadyRegistered, MeetingNotSecured
from participants.models import Participant
from recordings.models import RecordingSummary
from upclass.codes import MEETING_CODE as MEETING_CODE_PATTERN

# List and detail


@extend_schema_serializer(component_name="ListedMeeting")
class ListedSerializer(Shown, serializers.ModelSerializer[Meeting]):
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

    @extend_schema_field(serializers.ChoiceField(choices=recordings.SHOWN, allow_null=True))
    def get_recording_status(self, meeting: Meeting) -> str | None:
        return RecordingSummary.of(meeting.recordings.all()).status if meeting.record_on_cloud else None


class ListSerializer(serializers.Serializer[Any]):
    meetings = ListedSerializer(many=True)
    count = serializers.IntegerField(help_text="How many there are, on all pages.")
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()


@extend_schema_serializer(component_name="Meeting")
class DetailSerializer(ListedSerializer):
    """A whole meeting, read `in_detail`. `context`: `now`."""

    participant_count = serializers.IntegerField(read_only=True)
    recording = serializers.SerializerMethodField()
    registered_participant_count = serializers.SerializerMethodField()
    registered_participants = serializers.SerializerMethodField()
    billed_seconds = serializers.IntegerField(read_only=True)
    credits_used = Credits(read_only=True)

    class Meta(ListedSerializer.Meta):
        fields = (
            *ListedSerializer.Meta.fields,
            "ended_at",
            "participant_count",
            "recording",
            "registered_participant_count",
            "registered_participants",
            "max_participants",
            "billed_seconds",
            "credits_used",
        )

    @extend_schema_field(RecordingSummarySerializer(allow_null=True))
    def get_recording(self, meeting: Meeting) -> Any:
        if not meeting.record_on_cloud:
            return None
        return RecordingSummarySerializer(RecordingSummary.of(meeting.recordings.all())).data

    def get_registered_participant_count(self, meeting: Meeting) -> int:
        return len(self._people(meeting))

    @extend_schema_field(ParticipantSerializer(many=True))
    def get_registered_participants(self, meeting: Meeting) -> Any:
        return ParticipantSerializer(self._people(meeting), many=True, context=self.context).data

    def _people(self, meeting: Meeting) -> list[Participant]:
        if not hasattr(self, "_read"):
            self._read = list(people(meeting))
        return self._read

    def hidden(self, instance: Meeting) -> tuple[str, ...]:
        return () if instance.is_secured else ("registered_participant_count", "registered_participants")


# End and cancel


class EndedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(default="Meeting ended successfully")
    meeting_code = serializers.CharField(source="code")
    ended_at = Moment()


class CancelledSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(default="Meeting cancelled successfully")
    meeting_code = serializers.CharField()
    status = serializers.CharField(default=Status.EXPIRED)


# The viewset


class MeetingViewSet(CustomerViewSet):
    lookup_url_kwarg, lookup_value_regex = "meeting_code", MEETING_CODE_PATTERN

    @property
    def shows_detail(self) -> bool:
        return self.action == "retrieve"

    @operation(
        "list_meetings",
        "List your meetings, newest first",
        (200, ListSerializer, examples.MEETINGS),
        parameters=[STATUS, LIMIT, OFFSET],
    )
    def list(self, request: Request) -> Response:
        now = timezone.now()
        shown, numbers = page(request, MeetingFilter(request.query_params, self.customer, now))
        read_recordings(shown)
        return Response(ListSerializer({"meetings": shown, **numbers}, context={"now": now}).data)

    @post_operation(
        "create_meeting",
        "Create a meeting",
        (201, CreatedSerializer, examples.CREATED),
        body=(NewMeetingSerializer, examples.NEW_MEETING),
        problems=[MeetingNotSecured(), InsufficientCredits(), AlreadyRegistered("user-123")],
    )
    def create(self, request: Request) -> Response:
        new = NewMeetingSerializer(data=request.data, context={"now": timezone.now()})
        new.is_valid(raise_exception=True)
        balance = ledger.require_credits(self.customer)
        meeting = new.save(customer=self.customer)
        return Response(CreatedSerializer(meeting, context={"credits_balance": balance}).data, status=201)

    @operation(
        "show_meeting",
        "Show a meeting, with the people registered for it",
        (200, DetailSerializer, examples.MEETING),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound()],
    )
    def retrieve(self, request: Request, meeting_code: str) -> Response:
        read_recordings([self.meeting])
        return Response(DetailSerializer(self.meeting, context={"now": timezone.now()}).data)

    @operation(
        "end_meeting",
        "End a meeting and disconnect everybody",
        (200, EndedSerializer, examples.ENDED),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound(), MeetingNotActive()],
    )
    def destroy(self, request: Request, meeting_code: str) -> Response:
        ending.end_meeting(self.meeting, timezone.now())
        return Response(EndedSerializer(self.meeting).data)

    @post_operation(
        "cancel_meeting",
        "Cancel a meeting that has never been started",
        (200, CancelledSerializer, examples.CANCELLED),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound(), MeetingStarted(started_at="2024-01-15T10:35:00Z"), MeetingNotActive()],
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, meeting_code: str) -> Response:
        ending.cancel_meeting(self.meeting, timezone.now())
        return Response(CancelledSerializer({"meeting_code": self.meeting.code}).data)
