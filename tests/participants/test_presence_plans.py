"""Who is present is found from who may be, of however many ever came."""

from collections.abc import Callable

import pytest

from customers.models import Customer
from meetings.models import Meeting
from participants import presence
from participants.connections import Connection
from participants.models import Admission, Participant
from participants.presence import is_room_empty, started_at
from tests.conftest import NOON, noon
from tests.plans import analyze, indexes_used
from tests.rows import execute

NOW = noon(300)  # a minute before the last admission is over
MEETINGS = 10
REGISTERED = 1000  # for each
ADMITTED = 30_000  # with their connections, one a second until noon
OPEN = 2000  # of the connections
REGISTER = """INSERT INTO participants_participant
    (meeting_id, external_user_id, display_name, role, code, identity, created_at)
SELECT %s, 'user-' || n, 'John', 'attendee', n, n, %s FROM generate_series(1, %s) n"""
ADMIT = """INSERT INTO participants_admission (participant_id, created_at, visit, network)
SELECT p.id, %s - n * interval '1 s', '', CASE WHEN n < 600 THEN '192.0.2.1' ELSE '' END
FROM generate_series(1, %s) n
JOIN (SELECT id, row_number() OVER () AS nth FROM participants_participant) p ON p.nth = 1 + n %% %s"""
CONNECT = """INSERT INTO participants_connection
    (meeting_id, participant_id, admission_id, sid, session_id, joined_at, is_joined_guessed, left_at,
     is_left_guessed, last_seen_at, missed_polls, created_at, version, settled_version, unsettled_since)
SELECT p.meeting_id, p.id, a.id, a.id, '', a.created_at, false,
    CASE WHEN a.created_at < %s THEN a.created_at + interval '1 min' END,
    false, a.created_at, 0, a.created_at, 1, 1, a.created_at
FROM participants_admission a JOIN participants_participant p ON p.id = a.participant_id"""


@pytest.fixture
def standing(customer: Customer) -> Meeting:
    """A meeting that is always there, among others, where many came."""
    meetings = [Meeting.objects.create(customer=customer, created_at=NOON) for _ in range(MEETINGS)]
    for meeting in meetings:
        execute(REGISTER, meeting.pk, NOON, REGISTERED)
    execute(ADMIT, NOON, ADMITTED, MEETINGS * REGISTERED)
    execute(CONNECT, noon(-OPEN))
    analyze(Participant, Admission, Connection)
    return meetings[0]


def used(ask: Callable[[], object]) -> set[str]:
    return indexes_used(ask, Participant, Admission, Connection)


def test_seats_are_counted_from_live_admissions_and_open_connections(standing: Meeting) -> None:
    found = used(lambda: Participant.objects.present(standing, NOW).count())
    assert {"admissions_by_time", "connections_of_meeting"} <= found
    assert not found & {"code_once_per_meeting", "identity_once_per_meeting"}  # all who are registered


def test_whether_a_room_is_empty_depends_on_the_last_minutes(standing: Meeting) -> None:
    Connection.objects.of(standing).update(left_at=NOON)
    assert is_room_empty(standing, NOW)
    assert used(lambda: is_room_empty(standing, NOW)) >= {"admissions_by_time", "connections_of_meeting"}


def test_who_is_expected_is_found_by_time(standing: Meeting) -> None:
    assert "admissions_by_time" in used(lambda: started_at(standing, NOW))


def test_awaited_guests_are_found_by_network_or_time(standing: Meeting) -> None:
    of_network = Admission.objects.of_guests_not_there(standing, "192.0.2.1", NOW)
    assert used(of_network.count) & {"admissions_by_network", "admissions_by_time"}


def test_the_present_occupancy_is_read_from_its_end(standing: Meeting) -> None:
    assert "connections_of_meeting" in used(lambda: presence._connected(standing, NOW, 64))
