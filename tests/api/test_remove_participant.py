from typing import Any

import pytest
from django.test import Client

from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import StrangerSeesNothing
from tests.conftest import NOON, Api, FakeLiveKit, connected, noon, race


def remove(api: Api, meeting: Meeting) -> Any:
    return api.delete(f"meetings/{meeting.code}/participants/user-123/")


def test_it_removes_a_person(
    api: Api, secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    response = remove(api, secured)
    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["message", "display_name", "external_user_id"]
    assert body == {
        "message": "Participant removed successfully",
        "display_name": "John Doe",
        "external_user_id": "user-123",
    }
    assert fake_livekit.ejected == [(secured.code, person.identity)]


def test_who_was_removed_is_not_found_any_more(api: Api, secured: Meeting, person: Participant) -> None:
    remove(api, secured)
    assert api.get(f"meetings/{secured.code}/participants/user-123/").status_code == 404
    assert api.get(f"meetings/{secured.code}/participants/").json()["count"] == 0


def test_removing_again_finds_nobody(api: Api, secured: Meeting, person: Participant) -> None:
    remove(api, secured)
    response = remove(api, secured)
    assert response.status_code == 404
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "Participant not found"


def test_the_link_stops_working_at_once(api: Api, secured: Meeting, person: Participant) -> None:
    visitor, path = Client(), f"/{secured.code}/?token={person.token}"
    assert visitor.post(path).status_code == 200
    remove(api, secured)
    assert visitor.post(path).status_code == 403


def test_a_new_registration_begins_with_no_time(api: Api, secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(600))
    remove(api, secured)
    api.post(
        f"meetings/{secured.code}/participants/",
        {"display_name": "John", "external_user_id": "user-123"},
    )
    body = api.get(f"meetings/{secured.code}/participants/user-123/").json()
    assert (body["total_time_minutes"], body["sessions"]) == (0, [])
    assert api.get(f"meetings/{secured.code}/").json()["participant_count"] == 1


def test_a_person_may_be_removed_when_the_meeting_is_over(
    api: Api, secured: Meeting, person: Participant
) -> None:
    Meeting.objects.update(ended_at=NOON)
    assert remove(api, secured).status_code == 200


def test_a_person_is_removed_also_while_livekit_is_away(
    api: Api, secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.is_away = True
    assert remove(api, secured).status_code == 200


def test_an_open_meeting_has_nobody_to_remove(api: Api, meeting: Meeting) -> None:
    response = remove(api, meeting)
    assert response.status_code == 400
    assert response.json()["error"] == "Meeting is not secured"


def test_a_stranger_removes_nobody(
    stranger_sees_nothing: StrangerSeesNothing, secured: Meeting, person: Participant
) -> None:
    stranger_sees_nothing("DELETE", "meetings/{code}/participants/user-123/", secured)
    assert Participant.objects.registered().get() == person


@pytest.mark.django_db(transaction=True)
def test_removed_twice_at_once_one_finds_nobody(api: Api, secured: Meeting, person: Participant) -> None:
    answers: list[Any] = race(*[lambda: remove(api, secured)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
