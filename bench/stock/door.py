"""The POST that lets somebody with a link in: the same checks as ours, in the same order."""

import asyncio
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from livekit import api
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.parsers import FormParser
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.models import CreditAccount
from feedback.models import Feedback, FeedbackRequest
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Admission, Participant

ADMITTED = timedelta(minutes=6)


class Gone(APIException):
    status_code = 410
    default_detail = "This meeting is over."


class PaymentRequired(APIException):
    status_code = 402
    default_detail = "Insufficient credits"


class Full(APIException):
    status_code = 409
    default_detail = "This meeting is full."


class DoorView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (FormParser,)

    def post(self, request, code):
        meeting = self.get_meeting(code)
        person = self.get_person(meeting, request.query_params.get("token", ""))
        admission = self.admit(meeting, person)
        try:
            asyncio.run(create_room(meeting.code))
        except Exception:
            admission.delete()
            raise
        meeting.refresh_from_db()
        self.check_open(meeting)
        token = self.token(meeting, person, admission)
        return Response({"url": settings.LIVEKIT_URL, "token": token, "expiresIn": None})

    def get_meeting(self, code):
        meeting = Meeting.objects.select_related("customer").filter(code=code).first()
        if meeting is None:
            raise NotFound
        self.check_open(meeting)
        return meeting

    def check_open(self, meeting):
        is_expired = meeting.expires_at and meeting.expires_at <= timezone.now()
        if meeting.ended_at or meeting.cancelled_at or is_expired:
            raise Gone

    def get_person(self, meeting, token):
        try:
            identity = Signer(key=settings.JOIN_SECRET, sep=".", salt="join-url").unsign(token)
        except BadSignature:
            raise PermissionDenied from None
        person = Participant.objects.filter(meeting=meeting, identity=identity).first()
        if person is None or person.removed_at or person.barred_at:
            raise PermissionDenied
        return person

    @transaction.atomic
    def admit(self, meeting, person):
        meeting = (
            Meeting.objects.select_for_update(of=("self",)).select_related("customer").get(pk=meeting.pk)
        )
        person.refresh_from_db(fields=["removed_at", "barred_at"])
        self.check_open(meeting)
        if person.removed_at or person.barred_at:
            raise PermissionDenied
        now = timezone.now()
        self.check_feedback(meeting, person, now)
        self.check_credits(meeting)
        self.check_seats(meeting, person, now)
        return Admission.objects.create(participant=person, created_at=now.replace(microsecond=0))

    def check_feedback(self, meeting, person, now):
        answered = Feedback.objects.filter(
            meeting=OuterRef("meeting"), external_user_id=OuterRef("external_user_id")
        )
        owed = FeedbackRequest.objects.filter(
            ~Exists(answered),
            customer=meeting.customer,
            external_user_id=person.external_user_id,
            waived_at__isnull=True,
            created_at__gt=now - timedelta(days=30),
        ).exclude(meeting=meeting)
        if owed.exists():
            raise PermissionDenied("Feedback is owed.")

    def check_credits(self, meeting):
        account = CreditAccount.objects.get(customer=meeting.customer)
        if account.balance + meeting.customer.overdraft_limit <= 0:
            raise PaymentRequired

    def check_seats(self, meeting, person, now):
        connected = Connection.objects.filter(participant=OuterRef("pk"), left_at__isnull=True)
        expected = Admission.objects.filter(participant=OuterRef("pk"), created_at__gt=now - ADMITTED)
        people = Participant.objects.filter(meeting=meeting).exclude(pk=person.pk)
        present = people.filter(Q(Exists(connected)) | Q(Exists(expected)))
        if present.count() >= meeting.max_participants:
            raise Full

    def token(self, meeting, person, admission):
        grants = api.VideoGrants(room_join=True, room=meeting.code, can_update_own_metadata=False)
        token = api.AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET)
        token = token.with_identity(person.identity).with_name(person.display_name).with_grants(grants)
        attributes = {
            "meeting": meeting.code,
            "participant": str(person.pk),
            "role": person.role,
            "admission": str(admission.pk),
        }
        return token.with_ttl(timedelta(minutes=5)).with_attributes(attributes).to_jwt()


async def create_room(code):
    async with api.LiveKitAPI(
        settings.LIVEKIT_URL, settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET
    ) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name=code))
