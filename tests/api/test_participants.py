import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import StrangerSeesNothing
from tests.conftest import NOON, Api, connected, noon

FIELDS = [
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
]


def test_it_lists_the_registered_people(api: Api, secured: Meeting, person: Participant) -> None:
    Participant.objects.update(created_at=NOON)
    connected(person, NOON, noon(1800))
    connected(person, noon(3600), noon(4500))
    response = api.get(f"meetings/{secured.code}/participants/")
    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["meeting_code", "is_secured", "participants", "count"]
    assert (body["meeting_code"], body["is_secured"], body["count"]) == (secured.code, True, 1)
    assert list(body["participants"][0]) == FIELDS
    assert body["participants"] == [
        {
            "id": person.pk,
            "external_user_id": "user-123",
            "display_name": "John Doe",
            "email": None,
            "role": "host",
            "participant_code": person.code,
            "join_url": person.join_url,
            "total_time_minutes": 45,
            "session_count": 2,
            "created_at": "2026-03-01T12:00:00Z",
        }
    ]


def test_a_meeting_without_people_has_an_empty_list(api: Api, secured: Meeting) -> None:
    body = api.get(f"meetings/{secured.code}/participants").json()
    assert (body["participants"], body["count"]) == ([], 0)


def test_the_oldest_comes_first_and_the_removed_not_at_all(
    api: Api, secured: Meeting, person: Participant
) -> None:
    for number in (1, 2, 3):
        Participant.objects.create(
            meeting=secured, external_user_id=str(number), display_name="Ann", created_at=noon(-number)
        )
    person.mark_removed(NOON)
    listed = api.get(f"meetings/{secured.code}/participants/").json()["participants"]
    assert [shown["external_user_id"] for shown in listed] == ["3", "2", "1"]


def test_a_guest_is_nobody_registered(api: Api, secured: Meeting) -> None:
    guest = Participant.objects.create(meeting=secured, display_name="Guest", created_at=NOON)
    connected(guest, NOON)
    assert api.get(f"meetings/{secured.code}/participants/").json()["count"] == 0


def test_an_open_meeting_has_no_such_list(api: Api, meeting: Meeting) -> None:
    response = api.get(f"meetings/{meeting.code}/participants/")
    assert response.status_code == 400
    assert response.json()["error"] == "Meeting is not secured"


def test_the_list_remains_when_the_meeting_is_over(api: Api, secured: Meeting, person: Participant) -> None:
    Meeting.objects.update(ended_at=NOON)
    assert api.get(f"meetings/{secured.code}/participants/").json()["count"] == 1


@pytest.mark.usefixtures("person")
def test_a_stranger_sees_nobody(stranger_sees_nothing: StrangerSeesNothing, secured: Meeting) -> None:
    stranger_sees_nothing("GET", "meetings/{code}/participants/", secured)


def test_a_hundred_people_cost_no_more_queries_than_one(
    api: Api, secured: Meeting, person: Participant
) -> None:
    path = f"meetings/{secured.code}/participants/"
    connected(person, NOON, noon(60))
    api.get(path)
    with CaptureQueriesContext(connection) as for_one:
        api.get(path)
    for number in range(99):
        another = Participant.objects.create(
            meeting=secured, external_user_id=str(number), display_name="Ann", created_at=NOON
        )
        connected(another, NOON, noon(60))
    with CaptureQueriesContext(connection) as for_a_hundred:
        assert api.get(path).json()["count"] == 100
    assert len(for_a_hundred) == len(for_one)
