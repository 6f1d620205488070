from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from rest_framework import serializers

from billing.models import CreditAccount
from meetings.models import Meeting

LISTED = (
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
NOTE = "Billing starts after 10 minutes of participant time. 1 credit = 1 hour."


class MeetingSerializer(serializers.ModelSerializer):
    meeting_code = serializers.CharField(source="code", read_only=True)
    join_url = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    recording_status = serializers.SerializerMethodField()

    class Meta:
        model = Meeting
        fields = LISTED

    def get_join_url(self, meeting):
        return f"{settings.PUBLIC_URL}/{meeting.code}/"

    def get_status(self, meeting):
        if meeting.ended_at:
            return "ended"
        is_expired = meeting.cancelled_at or (meeting.expires_at and meeting.expires_at <= timezone.now())
        return "expired" if is_expired else "active"

    def get_recording_status(self, meeting):
        if not meeting.record_on_cloud:
            return None
        states = [recording.state for recording in meeting.recordings.all()]
        return states[-1] if states else "pending"


class MeetingDetailSerializer(MeetingSerializer):
    participant_count = serializers.SerializerMethodField()
    recording = serializers.SerializerMethodField()
    billed_seconds = serializers.SerializerMethodField()
    credits_used = serializers.SerializerMethodField()

    class Meta(MeetingSerializer.Meta):
        fields = (
            *LISTED,
            "ended_at",
            "participant_count",
            "recording",
            "max_participants",
            "billed_seconds",
            "credits_used",
        )

    def get_participant_count(self, meeting):
        return meeting.connections.values("participant").distinct().count()

    def get_recording(self, meeting):
        if not meeting.record_on_cloud:
            return None
        done = [recording for recording in meeting.recordings.all() if recording.state == "completed"]
        return {
            "status": self.get_recording_status(meeting),
            "duration_seconds": sum(recording.seconds for recording in done),
            "size_bytes": sum(recording.size_bytes for recording in done),
            "has_recording": bool(done),
        }

    def usage(self, meeting):
        if not hasattr(meeting, "booked"):
            entries = meeting.ledger_entries.filter(kind="usage")
            meeting.booked = entries.aggregate(seconds=Sum("seconds"), credits=Sum("amount"))
        return meeting.booked

    def get_billed_seconds(self, meeting):
        return self.usage(meeting)["seconds"] or 0

    def get_credits_used(self, meeting):
        return float(-(self.usage(meeting)["credits"] or 0))


class NewMeetingSerializer(MeetingSerializer):
    """Takes and answers a new open meeting."""

    customer = serializers.CharField(source="customer.slug", read_only=True)
    credits_balance = serializers.SerializerMethodField()
    billing_info = serializers.SerializerMethodField()

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
            "max_participants",
        )
        read_only_fields = ("created_at",)

    def validate_expires_at(self, expires_at):
        if expires_at and expires_at <= timezone.now():
            raise serializers.ValidationError("Must lie in the future.")
        return expires_at

    def get_credits_balance(self, meeting):
        return float(CreditAccount.objects.get(customer=meeting.customer).balance)

    def get_billing_info(self, meeting):
        return {"note": NOTE, "min_billable_minutes": 10}
