from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import StrangerSeesNothing
from tests.conftest import NOON, Api, connected, noon

FIELDS = [
    "id",
    "display_name",
    "external_user_id",
    "email",
    "role",
    "participant_code",
    "join_url",
    "total_time_minutes",
    "session_count",
    "created_at",
    "sessions",
]
SESSION = ["id", "session_id", "joined_at", "left_at", "total_minutes", "is_connected"]


def one(api: Api, meeting: Meeting, external_user_id: str = "user-123") -> Any:
    return api.get(f"meetings/{meeting.code}/participants/{quote(external_user_id)}/")


def test_it_shows_a_person_with_their_sessions(api: Api, secured: Meeting, person: Participant) -> None:
    first = connected(person, NOON, noon(1800))
    connected(person, noon(3600), noon(4500))
    response = one(api, secured)
    body = response.json()
    assert response.status_code == 200
    assert list(body) == FIELDS
    assert (body["id"], body["total_time_minutes"], body["session_count"]) == (person.pk, 45, 2)
    assert (body["participant_code"], body["join_url"]) == (person.code, person.join_url)
    assert [list(session) for session in body["sessions"]] == [SESSION, SESSION]
    assert body["sessions"][0] == {
        "id": first.pk,
        "session_id": first.session_id,
        "joined_at": "2026-03-01T12:00:00Z",
        "left_at": "2026-03-01T12:30:00Z",
        "total_minutes": 30,
        "is_connected": False,
    }
    assert body["sessions"][1]["total_minutes"] == 15


def test_somebody_who_never_came_has_no_sessions(api: Api, secured: Meeting, person: Participant) -> None:
    body = one(api, secured).json()
    assert (body["total_time_minutes"], body["session_count"], body["sessions"]) == (0, 0, [])


@time_machine.travel(noon(90))
def test_somebody_connected_has_not_left(api: Api, secured: Meeting, person: Participant) -> None:
    connected(person, NOON)
    [session] = one(api, secured).json()["sessions"]
    assert (session["left_at"], session["is_connected"], session["total_minutes"]) == (None, True, 2)


@pytest.mark.parametrize(
    "external_user_id",
    ["a/b", "a b", "100%", "%2F", "ключ", "x\n", "x\ny", " x ", "?#&", "участник/1", "cancel"],
)
@pytest.mark.parametrize("suffix", ["", "/"])
def test_an_id_is_read_from_the_path_exactly(
    api: Api, secured: Meeting, external_user_id: str, suffix: str
) -> None:
    api.post(
        f"meetings/{secured.code}/participants/",
        {"display_name": "Ann", "external_user_id": external_user_id},
    )
    path = f"meetings/{secured.code}/participants/{quote(external_user_id, safe='')}{suffix}"
    assert api.get(path).json()["external_user_id"] == external_user_id


@pytest.mark.parametrize(
    "near", ["USER-123", " user-123", "user-123 ", "user-123\n", "user-12", "user-123//"]
)
def test_a_similar_id_is_somebody_else(api: Api, secured: Meeting, person: Participant, near: str) -> None:
    assert one(api, secured, near).status_code == 404


@pytest.mark.parametrize("path", ["%00", "a%00b", "%ED%A0%80", "%FF", "x" * 5000])
def test_what_can_be_no_id_is_not_found(api: Api, secured: Meeting, path: str) -> None:
    response = api.get(f"meetings/{secured.code}/participants/{path}/")
    assert response.status_code == 404
    assert list(response.json()) == ["error", "detail", "code", "request_id"]


def test_an_id_in_percent_signs_is_not_what_they_would_stand_for(
    api: Api, secured: Meeting, person: Participant
) -> None:
    """What is no UTF-8 is NUL by now (upclass/wsgi.py): Django's client does not come by there."""
    Participant.objects.update(external_user_id="%FF")
    assert api.get(f"meetings/{secured.code}/participants/%25FF/").status_code == 200
    for method in ("GET", "DELETE"):
        response = api.call(method, f"meetings/{secured.code}/participants/%00/")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert Participant.objects.registered().exists()


def test_an_open_meeting_has_nobody_registered(api: Api, meeting: Meeting) -> None:
    response = one(api, meeting)
    assert response.status_code == 400
    assert response.json()["error"] == "Meeting is not secured"


def test_a_stranger_sees_nobody(
    stranger_sees_nothing: StrangerSeesNothing, secured: Meeting, person: Participant
) -> None:
    stranger_sees_nothing("GET", "meetings/{code}/participants/user-123/", secured)


def test_somebody_of_another_meeting_is_not_found(api: Api, person: Participant) -> None:
    other = Meeting.objects.create(customer=person.meeting.customer, is_secured=True, created_at=NOON)
    assert one(api, other).status_code == 404
