"""Registered people: register, list, one with sessions, remove."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.fields import Moment, Text
from api.v1.scope import MeetingView, ParticipantView, people
from calls import removal
from meetings.errors import MeetingNotActive
from participants.models import Participant, Role, register


class NewParticipantSerializer(serializers.Serializer[Participant]):
    display_name = Text(min_length=1, max_length=100)
    external_user_id = Text(min_length=1, max_length=255, trim_whitespace=False)
    email = serializers.EmailField(required=False, default=None, allow_null=True)
    role = serializers.ChoiceField(choices=Role.choices, required=False, default=Role.ATTENDEE)

    def validate_external_user_id(self, value: str) -> str:
        """An id must be the same in a path: clients and proxies resolve parts that are empty or dots."""
        if any(part in ("", ".", "..") for part in value.split("/")):
            raise serializers.ValidationError('None of its parts between "/" may be empty, "." or "..".')
        return value


class RegisteredSerializer(serializers.ModelSerializer[Participant]):
    """What registering answers."""

    participant_code = serializers.CharField(source="code")

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


class TimedSerializer(serializers.ModelSerializer[Participant]):
    """What is the same wherever a person's times are shown. `context`: `now`."""

    participant_code = serializers.CharField(source="code")
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

    def get_sessions(self, person: Participant) -> Any:
        return SessionSerializer(person.sessions(self.context["now"]), many=True).data


class ParticipantsView(MeetingView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.require_secured()

    def get(self, request: Request, code: str) -> Response:
        context = {"now": timezone.now()}
        listed = ParticipantSerializer(people(self.meeting), many=True, context=context).data
        return Response(
            {
                "meeting_code": self.meeting.code,
                "is_secured": self.meeting.is_secured,
                "participants": listed,
                "count": len(listed),
            }
        )

    def post(self, request: Request, code: str) -> Response:
        now = timezone.now()
        new = NewParticipantSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        if self.meeting.over_at(now):
            raise MeetingNotActive
        [person] = register([Participant(meeting=self.meeting, created_at=now, **new.validated_data)])
        return Response(RegisteredSerializer(person).data, status=201)


class OneParticipantView(ParticipantView):
    def get(self, request: Request, code: str, external_user_id: str) -> Response:
        context = {"now": timezone.now()}
        return Response(OneParticipantSerializer(self.person, context=context).data)

    def delete(self, request: Request, code: str, external_user_id: str) -> Response:
        removal.remove(self.person, timezone.now())
        return Response(
            {
                "message": "Participant removed successfully",
                "display_name": self.person.display_name,
                "external_user_id": self.person.external_user_id,
            }
        )
