"""What was recorded of a meeting: its recordings, each with a link to fetch it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import examples
from api.v1.fields import CountInQuery, Moment
from api.v1.schema import MEETING_CODE, operation
from api.v1.scope import CustomerViewSet, recordings
from meetings.errors import MeetingNotFound
from participants.models import Participant
from recordings.models import Recording
from recordings.states import Status
from upclass import storage

SHOWN = [(status.value, status.value) for status in Status if status is not Status.DROPPED]
MIN_EXPIRY, MAX_EXPIRY, DEFAULT_EXPIRY = 60, 43_200, 900  # seconds for which a link is good

EXPIRES_IN = OpenApiParameter(
    "expires_in",
    {"type": "integer", "minimum": MIN_EXPIRY, "maximum": MAX_EXPIRY, "default": DEFAULT_EXPIRY},
    OpenApiParameter.QUERY,
    description="Seconds for which the download links are good.",
)


class LinksSerializer(serializers.Serializer[Any]):
    expires_in = CountInQuery(min_value=MIN_EXPIRY, max_value=MAX_EXPIRY, default=DEFAULT_EXPIRY)


class RecordingSummarySerializer(serializers.Serializer[Any]):
    """The sum of a meeting's recordings."""

    status = serializers.ChoiceField(choices=SHOWN)
    duration_seconds = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    has_recording = serializers.BooleanField()


class RecorderSerializer(serializers.Serializer[Participant]):
    external_user_id = serializers.CharField(allow_null=True, help_text="`null` for guests of open meetings.")
    display_name = serializers.CharField()


class RecordingSerializer(serializers.Serializer[Recording]):
    """One recording run. `context`: `seconds` for which its link is good, and `until`, when that is over."""

    id = serializers.CharField(source="uid")
    status = serializers.ChoiceField(choices=SHOWN)
    recorder = RecorderSerializer(help_text="To whom the recording belongs: the rules say who records.")
    created_at = Moment()
    started_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    duration_seconds = serializers.IntegerField(source="seconds", allow_null=True)
    size_bytes = serializers.IntegerField(allow_null=True)
    failure_reason = serializers.SerializerMethodField()
    download_url = serializers.SerializerMethodField()
    download_url_expires_at = serializers.SerializerMethodField()

    @extend_schema_field(
        serializers.CharField(allow_null=True, help_text="One sentence, of a failed recording.")
    )
    def get_failure_reason(self, recording: Recording) -> str | None:
        return recording.failure_reason or None

    @extend_schema_field(
        serializers.CharField(
            allow_null=True,
            help_text="Where the MP4 is, without a key: of a completed recording, and of a failed one "
            "of which a part was saved.",
        )
    )
    def get_download_url(self, recording: Recording) -> str | None:
        return (
            storage.link(recording.file, recording.file_name, self.context["seconds"])
            if recording.has_file
            else None
        )

    @extend_schema_field(Moment(allow_null=True))
    def get_download_url_expires_at(self, recording: Recording) -> str | None:
        return Moment().to_representation(self.context["until"]) if recording.has_file else None


class RecordingListSerializer(serializers.Serializer[Any]):
    meeting_code = serializers.CharField()
    record_on_cloud = serializers.BooleanField()
    recordings = RecordingSerializer(many=True)
    count = serializers.IntegerField()


class RecordingViewSet(CustomerViewSet):
    @operation(
        "list_recordings",
        "List what was recorded of a meeting, oldest first, with links to fetch it",
        (200, RecordingListSerializer, examples.RECORDINGS),
        parameters=[MEETING_CODE, EXPIRES_IN],
        problems=[MeetingNotFound()],
    )
    def list(self, request: Request, meeting_code: str) -> Response:
        links = LinksSerializer(data=request.query_params.dict())
        links.is_valid(raise_exception=True)
        seconds = links.validated_data["expires_in"]
        until = timezone.now() + timedelta(seconds=seconds)
        listed = list(recordings(self.meeting))
        shown = {
            "meeting_code": self.meeting.code,
            "record_on_cloud": self.meeting.record_on_cloud,
            "recordings": listed,
            "count": len(listed),
        }
        context = {"seconds": seconds, "until": until}
        return Response(RecordingListSerializer(shown, context=context).data)
