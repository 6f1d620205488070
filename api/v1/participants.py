"""Registered people: register, list, one with sessions, remove."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import examples
from api.v1.fields import Choice, Moment, Text, TrimmedLine, one_line
from api.v1.schema import EXTERNAL_USER_ID, MEETING_CODE, operation, post_operation
from api.v1.scope import CustomerViewSet, people
from api.v1.shown import Shown
from calls import removal
from meetings.errors import MeetingNotActive, MeetingNotFound
from participants import registration
from participants.errors import AlreadyRegistered, MeetingNotSecured, ParticipantNotFound
from participants.models import Participant, Role


class NewParticipantSerializer(serializers.Serializer[Participant]):
    display_name = TrimmedLine(longest=100)
    external_user_id = Text(min_length=1, max_length=255, trim_whitespace=False)
    email = serializers.EmailField(
        max_length=254,
        trim_whitespace=False,
        required=False,
        default=None,
        allow_null=True,
        validators=[one_line],
    )
    role = Choice(choices=Role.choices, required=False, default=Role.ATTENDEE)

    def validate_external_user_id(self, value: str) -> str:
        """An id must be the same in a path: clients and proxies resolve parts that are empty or dots."""
        if any(part in ("", ".", "..") for part in value.split("/")):
            raise serializers.ValidationError('None of its parts between "/" may be empty, "." or "..".')
        return value


@extend_schema_serializer(component_name="RegisteredParticipant")
class RegisteredSerializer(Shown, serializers.ModelSerializer[Participant]):
    """What registering answers."""

    external_user_id = serializers.CharField()
    participant_code = serializers.CharField(source="code")
    join_url = serializers.CharField()

    class Meta:
        model = Participant
        fields = (
            "id",
            "display_name",
            "external_user_id",
            "email",
            "role",
            "participant_code",
            "join_url",
            "created_at",
        )


class TimedSerializer(Shown, serializers.ModelSerializer[Participant]):
    """What is the same wherever a person's times are shown. `context`: `now`."""

    external_user_id = serializers.CharField()
    participant_code = serializers.CharField(source="code")
    join_url = serializers.CharField()
    total_time_minutes = serializers.SerializerMethodField()
    session_count = serializers.SerializerMethodField()

    def get_total_time_minutes(self, person: Participant) -> int:
        return person.total_minutes(self.context["now"])

    def get_session_count(self, person: Participant) -> int:
        return len(person.sessions(self.context["now"]))


class ParticipantSerializer(TimedSerializer):
    """A person in a list."""

    class Meta:
        model = Participant
        fields = (
            "id",
            "external_user_id",
            "display_name",
            "email",
            "role",
            "participant_code",
            "join_url",
            "total_time_minutes",
            "session_count",
            "created_at",
        )


class SessionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    session_id = serializers.CharField()
    joined_at = Moment()
    left_at = Moment(allow_null=True)
    total_minutes = serializers.IntegerField()
    is_connected = serializers.BooleanField()


@extend_schema_serializer(component_name="ParticipantWithSessions")
class OneParticipantSerializer(TimedSerializer):
    """A person with the history of their sessions."""

    sessions = serializers.SerializerMethodField()

    class Meta:
        model = Participant
        fields = (
            *RegisteredSerializer.Meta.fields[:-1],
            "total_time_minutes",
            "session_count",
            "created_at",
            "sessions",
        )

    @extend_schema_field(SessionSerializer(many=True))
    def get_sessions(self, person: Participant) -> Any:
        return SessionSerializer(person.sessions(self.context["now"]), many=True).data


class ParticipantListSerializer(serializers.Serializer[Any]):
    meeting_code = serializers.CharField()
    is_secured = serializers.BooleanField()
    participants = ParticipantSerializer(many=True)
    count = serializers.IntegerField()


class RemovedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(default="Participant removed successfully")
    display_name = serializers.CharField()
    external_user_id = serializers.CharField()


class ParticipantViewSet(CustomerViewSet):
    """Of secured meetings. An open one says that it is none, rather than that nobody is there."""

    lookup_url_kwarg, lookup_value_regex = "external_user_id", r"[^\0]+?"
    person: Participant

    def look_up(self, **kwargs: str) -> None:
        super().look_up(**kwargs)
        if "external_user_id" in kwargs and self.meeting.is_secured:
            self.person = self._person(kwargs["external_user_id"])

    def _person(self, external_user_id: str) -> Participant:
        person = people(self.meeting).filter(external_user_id=external_user_id).first()
        if person is None:
            raise ParticipantNotFound
        return person

    def require(self) -> None:
        if not self.meeting.is_secured:
            raise MeetingNotSecured

    @operation(
        "list_participants",
        "List the people registered for a meeting, oldest first",
        (200, ParticipantListSerializer, examples.PARTICIPANTS),
        parameters=[MEETING_CODE],
        problems=[MeetingNotFound(), MeetingNotSecured()],
    )
    def list(self, request: Request, meeting_code: str) -> Response:
        listed = list(people(self.meeting))
        shown = {
            "meeting_code": self.meeting.code,
            "is_secured": self.meeting.is_secured,
            "participants": listed,
            "count": len(listed),
        }
        return Response(ParticipantListSerializer(shown, context={"now": timezone.now()}).data)

    @post_operation(
        "register_participant",
        "Register a person for a meeting",
        (201, RegisteredSerializer, examples.REGISTERED),
        body=(NewParticipantSerializer, examples.JOHN),
        parameters=[MEETING_CODE],
        problems=[
            MeetingNotFound(),
            MeetingNotSecured(),
            AlreadyRegistered("user-123"),
            MeetingNotActive(),
        ],
    )
    def create(self, request: Request, meeting_code: str) -> Response:
        now = timezone.now()
        new = NewParticipantSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        person = Participant(meeting=self.meeting, created_at=now, **new.validated_data)
        return Response(RegisteredSerializer(registration.add(person, now)).data, status=201)

    @operation(
        "show_participant",
        "Show a person with their sessions",
        (200, OneParticipantSerializer, examples.ONE_PARTICIPANT),
        parameters=[MEETING_CODE, EXTERNAL_USER_ID],
        problems=[MeetingNotFound(), ParticipantNotFound(), MeetingNotSecured()],
    )
    def retrieve(self, request: Request, meeting_code: str, external_user_id: str) -> Response:
        context = {"now": timezone.now()}
        return Response(OneParticipantSerializer(self.person, context=context).data)

    @operation(
        "remove_participant",
        "Remove a person: their code and join URL stop working at once",
        (200, RemovedSerializer, examples.REMOVED),
        parameters=[MEETING_CODE, EXTERNAL_USER_ID],
        problems=[MeetingNotFound(), ParticipantNotFound(), MeetingNotSecured()],
    )
    def destroy(self, request: Request, meeting_code: str, external_user_id: str) -> Response:
        removal.remove_participant(self.person, timezone.now())
        return Response(RemovedSerializer(self.person).data)
