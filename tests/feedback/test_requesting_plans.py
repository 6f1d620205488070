"""Who owes feedback is found from who was there lately, of however many ever were."""

import pytest

from customers.models import Customer
from feedback.models import FeedbackRequest
from feedback.requesting import due
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, connected, noon
from tests.plans import analyze, tables_read_whole
from tests.rows import execute

MEETINGS = 3000  # of ten people each, one an hour
MEET = """INSERT INTO meetings_meeting
    (customer_id, code, topic, is_secured, record_on_cloud, feedback_required, max_participants, created_at,
     ended_at)
SELECT %s, 'M' || n, '', true, false, true, 50, %s - n * interval '1 h', %s - n * interval '1 h'
FROM generate_series(100, %s) n"""
REGISTER = """INSERT INTO participants_participant
    (meeting_id, external_user_id, display_name, role, code, identity, created_at)
SELECT id, 'user-' || n, 'John', 'attendee', n, n, created_at
FROM meetings_meeting, generate_series(1, 10) n"""
COME = """INSERT INTO participants_connection
    (meeting_id, participant_id, sid, session_id, joined_at, is_joined_guessed, left_at, is_left_guessed,
     last_seen_at, missed_polls, created_at, version, settled_version, unsettled_since)
SELECT meeting_id, id, id, '', created_at, false, created_at + interval '5 min', false, created_at, 0,
    created_at, 1, 1, created_at FROM participants_participant"""
OWE = """INSERT INTO feedback_feedbackrequest
    (meeting_id, customer_id, external_user_id, participant_id, created_at)
SELECT meeting_id, %s, external_user_id, id, created_at FROM participants_participant"""


@pytest.fixture
def recent(customer: Customer) -> Meeting:
    """A meeting of today, after many."""
    execute(MEET, customer.pk, NOON, NOON, MEETINGS)
    for statement in (REGISTER, COME):
        execute(statement)
    execute(OWE, customer.pk)
    meeting = Meeting.objects.create(
        customer=customer, is_secured=True, feedback_required=True, created_at=NOON
    )
    for number in range(10):
        person = Participant.objects.create(
            meeting=meeting, external_user_id=f"user-{number}", display_name="John", created_at=NOON
        )
        connected(person, NOON, noon(600))
    analyze(Meeting, Participant, Connection, FeedbackRequest)
    return meeting


def test_what_is_due_is_found_without_reading_whoever_came(recent: Meeting) -> None:
    assert due(noon(700)) == [recent]
    growing = {model._meta.db_table for model in (Participant, Connection, FeedbackRequest)}
    assert not tables_read_whole(lambda: due(noon(700))) & growing
