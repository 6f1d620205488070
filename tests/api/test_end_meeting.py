from typing import Any

import pytest
import time_machine

from meetings.models import Meeting
from tests.api.conftest import StrangerSeesNothing
from tests.conftest import NOON, ROUNDS, Api, FakeLiveKit, noon, race
from upclass import livekit


@time_machine.travel(NOON, tick=False)
def test_it_ends_the_meeting(api: Api, meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    response = api.delete(f"meetings/{meeting.code}/")
    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["message", "meeting_code", "ended_at"]
    assert body == {
        "message": "Meeting ended successfully",
        "meeting_code": meeting.code,
        "ended_at": "2026-03-01T12:00:00Z",
    }
    assert fake_livekit.closed == [meeting.code]


def test_ending_again_answers_the_same(api: Api, meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = api.delete(f"meetings/{meeting.code}/")
        clock.shift(60)
        second = api.delete(f"meetings/{meeting.code}/")
    assert (second.status_code, second.content) == (200, first.content)
    assert fake_livekit.closed == [meeting.code]


def test_it_ends_also_while_livekit_is_away(api: Api, meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.is_away = True
    assert api.delete(f"meetings/{meeting.code}/").status_code == 200
    assert api.get(f"meetings/{meeting.code}/").json()["status"] == "ended"


@pytest.mark.parametrize("facts", [{"cancelled_at": NOON}, {"expires_at": NOON}])
@time_machine.travel(noon(60))
def test_what_is_expired_cannot_be_ended(api: Api, meeting: Meeting, facts: dict[str, Any]) -> None:
    Meeting.objects.update(**facts)
    response = api.delete(f"meetings/{meeting.code}/")
    assert response.status_code == 409
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "Meeting is not active"
    assert api.get(f"meetings/{meeting.code}/").json()["ended_at"] is None


def test_a_stranger_ends_nothing(stranger_sees_nothing: StrangerSeesNothing, meeting: Meeting) -> None:
    stranger_sees_nothing("DELETE", "meetings/{code}/", meeting)
    assert Meeting.objects.get().ended_at is None


@pytest.mark.django_db(transaction=True)
def test_ended_twice_at_once_it_answers_twice_the_same(
    api: Api, meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    answers: list[Any] = race(*[lambda: api.delete(f"meetings/{meeting.code}/") for _ in ROUNDS])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert fake_livekit.closed == [meeting.code]


@pytest.mark.django_db(transaction=True)
def test_livekit_is_asked_after_the_commit(
    api: Api, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_elsewhere: list[object] = []

    def look(code: str) -> None:
        seen_elsewhere.extend(race(lambda: Meeting.objects.get(code=code).ended_at))

    monkeypatch.setattr(livekit, "close_room", look)
    assert api.delete(f"meetings/{meeting.code}/").status_code == 200
    assert seen_elsewhere == [Meeting.objects.get().ended_at]
    assert seen_elsewhere != [None]
