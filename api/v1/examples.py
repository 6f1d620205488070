"""The reference's examples, for the OpenAPI document. A test holds their keys against the serializers'."""

from typing import Any

CODE = "BCDF-GHJK-MNPR"
JOIN_URL = f"https://meet.upclass.ai/{CODE}/"
TOPIC = "Sales Demo Meeting"

JOHN = {
    "display_name": "John Doe",
    "external_user_id": "user-123",
    "email": "john@example.com",
    "role": "host",
}
JANE = {
    "display_name": "Jane Smith",
    "external_user_id": "user-456",
    "email": "jane@example.com",
    "role": "attendee",
}
NEW_MEETING = {
    "topic": TOPIC,
    "start_date_time": "2024-12-20T10:00:00Z",
    "is_secured": True,
    "record_on_cloud": True,
    "feedback_required": True,
    "participants": [JOHN, JANE],
}
REGISTERED = {
    "id": 1,
    **JOHN,
    "participant_code": "BCD234",
    "join_url": f"{JOIN_URL}?token=xK9m2...",
    "created_at": "2024-01-15T10:30:00Z",
}
CREATED = {
    "meeting_code": CODE,
    "join_url": JOIN_URL,
    "topic": TOPIC,
    "is_secured": True,
    "record_on_cloud": True,
    "feedback_required": True,
    "created_at": "2024-01-15T10:30:00Z",
    "start_date_time": "2024-12-20T10:00:00Z",
    "expires_at": None,
    "customer": "your-company",
    "credits_balance": 150.0,
    "billing_info": {
        "note": "Billing starts after 10 minutes of participant time. 1 credit = 1 hour.",
        "min_billable_minutes": 10,
    },
    "participants": [REGISTERED],
    "max_participants": 50,
}
LISTED = {
    "meeting_code": CODE,
    "join_url": JOIN_URL,
    "topic": TOPIC,
    "status": "active",
    "is_secured": True,
    "record_on_cloud": True,
    "feedback_required": True,
    "recording_status": "pending",
    "created_at": "2024-01-15T10:30:00Z",
    "start_date_time": "2024-12-20T10:00:00Z",
    "expires_at": "2024-12-31T23:59:59Z",
}
MEETINGS = {"meetings": [LISTED], "count": 25, "limit": 10, "offset": 0}
PARTICIPANT = {
    "id": 1,
    "external_user_id": "user-123",
    "display_name": "John Doe",
    "email": "john@example.com",
    "role": "host",
    "participant_code": "BCD234",
    "join_url": f"{JOIN_URL}?token=xK9m2...",
    "total_time_minutes": 45,
    "session_count": 2,
    "created_at": "2024-01-15T10:35:00Z",
}
MEETING = {
    **LISTED,
    "ended_at": None,
    "participant_count": 2,
    "recording": {"status": "pending", "duration_seconds": 0, "size_bytes": 0, "has_recording": False},
    "registered_participant_count": 1,
    "registered_participants": [PARTICIPANT],
    "max_participants": 50,
    "billed_seconds": 4500,
    "credits_used": 1.25,
}
ENDED = {
    "message": "Meeting ended successfully",
    "meeting_code": CODE,
    "ended_at": "2024-01-15T11:45:00Z",
}
CANCELLED = {"message": "Meeting cancelled successfully", "meeting_code": CODE, "status": "expired"}
RECORDINGS: dict[str, Any] = {
    "meeting_code": CODE,
    "record_on_cloud": True,
    "recordings": [
        {
            "id": "k3v9q2m7x1c8b5n4z6w0",
            "status": "completed",
            "recorder": {"external_user_id": "user-123", "display_name": "John Doe"},
            "created_at": "2024-01-15T11:00:00Z",
            "started_at": "2024-01-15T11:00:04Z",
            "ended_at": "2024-01-15T12:00:04Z",
            "duration_seconds": 3600,
            "size_bytes": 125829120,
            "failure_reason": None,
            "download_url": "https://files.example.com/upclass/your-company/…",
            "download_url_expires_at": "2024-01-15T13:15:00Z",
        }
    ],
    "count": 1,
}
FEEDBACK = {
    "meeting_code": CODE,
    "feedback_required": True,
    "rating_average": 4.5,
    "count": 2,
    "feedback": [
        {
            "external_user_id": "user-123",
            "display_name": "John Doe",
            "rating": 5,
            "comments": "Clear answers, and picture and sound were good.",
            "created_at": "2024-01-15T12:02:00Z",
        },
        {
            "external_user_id": "user-456",
            "display_name": "Jane Smith",
            "rating": 4,
            "comments": "Helpful, but we began late.",
            "created_at": "2024-01-15T12:03:00Z",
        },
    ],
}
PARTICIPANTS = {"meeting_code": CODE, "is_secured": True, "participants": [PARTICIPANT], "count": 1}
ONE_PARTICIPANT = {
    "id": 1,
    "display_name": "John Doe",
    "external_user_id": "user-123",
    "email": "john@example.com",
    "role": "host",
    "participant_code": "BCD234",
    "join_url": f"{JOIN_URL}?token=xK9m2...",
    "total_time_minutes": 45,
    "session_count": 2,
    "created_at": "2024-01-15T10:35:00Z",
    "sessions": [
        {
            "id": 101,
            "session_id": "abc123def456",
            "joined_at": "2024-01-15T11:00:00Z",
            "left_at": "2024-01-15T11:30:00Z",
            "total_minutes": 30,
            "is_connected": False,
        },
        {
            "id": 102,
            "session_id": "xyz789uvw012",
            "joined_at": "2024-01-15T14:00:00Z",
            "left_at": "2024-01-15T14:15:00Z",
            "total_minutes": 15,
            "is_connected": False,
        },
    ],
}
REMOVED = {
    "message": "Participant removed successfully",
    "display_name": "John Doe",
    "external_user_id": "user-123",
}
ACCOUNT = {
    "customer": "your-company",
    "credits_balance": 148.75,
    "overdraft_limit": 0.0,
    "usage_this_month": {"month": "2024-01", "credits": 1.25, "seconds": 4500, "meetings": 1},
}
LEDGER = {
    "entries": [
        {
            "id": 2,
            "kind": "usage",
            "credits": -1.25,
            "balance_after": 148.75,
            "meeting_code": CODE,
            "seconds": 4500,
            "reason": "",
            "created_at": "2024-01-15T11:45:00Z",
        },
        {
            "id": 1,
            "kind": "grant",
            "credits": 150.0,
            "balance_after": 150.0,
            "meeting_code": None,
            "seconds": None,
            "reason": "by staff",
            "created_at": "2024-01-01T09:00:00Z",
        },
    ],
    "count": 2,
    "limit": 50,
    "offset": 0,
}
