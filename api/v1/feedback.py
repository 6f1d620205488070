"""What people said of a meeting."""

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import examples
from api.v1.fields import Moment
from api.v1.schema import MEETING_CODE, operation
from api.v1.scope import CustomerViewSet, feedback
from feedback.averages import average
from feedback.models import MAX_STARS, Feedback
from meetings.errors import MeetingNotFound
from participants.errors import MeetingNotSecured

NOT_SECURED = "Feedback is only collected in secured meetings. Enable is_secured when creating the meeting."


@extend_schema_field(OpenApiTypes.DOUBLE)
class Average(serializers.Field[Decimal, Any, float, Any]):
    """Stars with up to 2 decimals, as a JSON number."""

    def to_representation(self, value: Decimal) -> float:
        return float(value)


@extend_schema_serializer(component_name="Feedback")
class FeedbackSerializer(serializers.Serializer[Feedback]):
    external_user_id = serializers.CharField()
    display_name = serializers.CharField(source="participant.display_name")
    rating = serializers.IntegerField(min_value=1, max_value=MAX_STARS, help_text="Stars.")
    comments = serializers.CharField()
    created_at = Moment()


class FeedbackListSerializer(serializers.Serializer[Any]):
    meeting_code = serializers.CharField()
    feedback_required = serializers.BooleanField()
    rating_average = Average(
        allow_null=True, help_text="Rounded half up to 2 decimals; `null` while there is no feedback."
    )
    count = serializers.IntegerField()
    feedback = FeedbackSerializer(many=True)


class FeedbackViewSet(CustomerViewSet):
    def require(self) -> None:
        if not self.meeting.is_secured:
            raise MeetingNotSecured(NOT_SECURED)

    @operation(
        "list_feedback",
        "List what people said of a meeting, oldest first, and their average rating",
        (200, FeedbackListSerializer, examples.FEEDBACK),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound(), MeetingNotSecured(NOT_SECURED)],
    )
    def list(self, request: Request, meeting_code: str) -> Response:
        given = list(feedback(self.meeting))
        shown = {
            "meeting_code": self.meeting.code,
            "feedback_required": self.meeting.feedback_required,
            "rating_average": average(sum(one.rating for one in given), len(given)),
            "count": len(given),
            "feedback": given,
        }
        return Response(FeedbackListSerializer(shown).data)
