"""What hosts do in a call, over HTTP: what is answered, and what becomes of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, Api, FakeLiveKit, connected, noon, race
from tests.join.conftest import link, page
from tests.join.hosts import ACTIONS, address, answered, do, kept, refusal, registered

# What hosts do


def test_a_host_mutes_one_person(person: Participant, jane: Participant, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.muted[person.meeting.code] = {person.identity: False, jane.identity: False}
    assert do("mute", person, identity=jane.identity) == (200, {"muted": 1})
    assert do("mute", person, identity=jane.identity) == (200, {"muted": 0})
    assert fake_livekit.muted[person.meeting.code] == {person.identity: False, jane.identity: True}


def test_a_host_mutes_everybody_else(
    person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.muted[person.meeting.code] = {person.identity: False, jane.identity: False, "eve": False}
    assert do("mute", person) == (200, {"muted": 2})
    assert do("mute", person) == (200, {"muted": 0})
    assert not fake_livekit.muted[person.meeting.code][person.identity]


def test_a_host_removes_somebody_for_good(
    person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    assert do("remove", person, identity=jane.identity) == (200, {"removed": True})
    assert fake_livekit.ejected == [(person.meeting.code, jane.identity)]
    assert refusal(answered(Client().post(link(jane)))) == (403, "participant_barred")
    assert "A host has removed you" in page(Client().get(link(jane)))
    first = kept(jane).barred_at
    assert do("remove", person, identity=jane.identity) == (200, {"removed": True})
    assert kept(jane).barred_at == first


def test_a_host_removes_another_who_can_do_nothing_any_more(person: Participant) -> None:
    other = registered(person.meeting, "joe", "host")
    assert do("remove", person, identity=other.identity)[0] == 200
    for action in ACTIONS:
        assert refusal(do(action, other, identity=person.identity)) == (403, "participant_barred")
    assert kept(person).barred_at is None


def test_a_host_ends_the_meeting_for_everybody(
    person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    status, ended = do("end", person)
    assert status == 200
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", ended["ended_at"])
    assert fake_livekit.closed == [person.meeting.code]
    assert refusal(answered(Client().post(link(jane)))) == (410, "meeting_ended")


def test_ending_again_returns_when_it_ended(person: Participant) -> None:
    Meeting.objects.update(ended_at=noon(0.9))
    assert do("end", person) == (200, {"ended_at": "2026-03-01T12:00:00Z"})


def test_registration_and_time_of_whoever_is_removed_remain_in_the_api(
    person: Participant, jane: Participant, api: Api
) -> None:
    connected(jane, noon(-1200), NOON)
    paths = [f"meetings/{jane.meeting.code}/{rest}" for rest in ("", "participants/", "participants/jane/")]
    before = [api.get(path).json() for path in paths]
    assert before[2]["total_time_minutes"] == 20
    assert do("remove", person, identity=jane.identity)[0] == 200
    assert [api.get(path).json() for path in paths] == before
    again = {"external_user_id": "jane", "display_name": "Jane"}
    assert api.post(paths[1], again).status_code == 409


@pytest.mark.parametrize("path", ["/{code}/host/mute", "/{lower}/host/mute/"])
def test_every_spelling_is_understood(client: Client, person: Participant, path: str) -> None:
    code = person.meeting.code
    given = path.format(code=code, lower=code.lower())
    assert client.post(f"{given}?token={person.token}").json() == {"muted": 0}


# Whom they mean


def test_a_host_cannot_remove_themselves(person: Participant, nothing_done: Any) -> None:
    status, said = do("remove", person, identity=person.identity)
    assert (status, said["code"]) == (400, "not_yourself")
    assert "“Leave”" in said["detail"]


@pytest.mark.parametrize("action", ["mute", "remove"])
@pytest.mark.parametrize("identity", ["nobody", "\0", "a\0b", "x" * 10_000, "🎓", " "])
def test_somebody_unknown_is_not_there(
    person: Participant, action: str, identity: str, nothing_done: Any
) -> None:
    assert refusal(do(action, person, identity=identity)) == (404, "not_in_the_meeting")


@pytest.mark.parametrize("action", ["mute", "remove"])
def test_an_empty_name_is_nobody_s_and_not_everybody_s(
    person: Participant, action: str, nothing_done: Any
) -> None:
    assert refusal(do(action, person, identity="")) == (400, "nobody_named")


def test_nobody_is_removed_who_is_not_named(person: Participant, nothing_done: Any) -> None:
    assert refusal(do("remove", person)) == (400, "nobody_named")


def test_bytes_that_are_no_text_are_nobody_s(person: Participant, nothing_done: Any) -> None:
    body, kind = b"identity=%ff%fe\xff", "application/x-www-form-urlencoded"
    for action in ("mute", "remove"):
        response = Client().post(address(action, person), body, content_type=kind)
        assert refusal(answered(response)) == (404, "not_in_the_meeting")


def test_somebody_who_left_is_not_muted(person: Participant, jane: Participant) -> None:
    assert refusal(do("mute", person, identity=jane.identity)) == (404, "not_in_the_meeting")


def test_a_removed_person_is_not_there(person: Participant, jane: Participant, nothing_done: Any) -> None:
    jane.mark_removed(NOON)
    assert refusal(do("remove", person, identity=jane.identity)) == (404, "not_in_the_meeting")


def test_somebody_of_another_meeting_is_not_there(
    person: Participant, customer: Customer, nothing_done: Any
) -> None:
    other = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
    jim = registered(other, "jim")
    for action in ("mute", "remove"):
        assert refusal(do(action, person, identity=jim.identity)) == (404, "not_in_the_meeting")


# While LiveKit is away


def test_nobody_is_muted_and_it_is_said_in_words(
    person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.is_away = True
    assert refusal(do("mute", person, identity=jane.identity)) == (503, "call_server_unreachable")
    assert refusal(do("mute", person)) == (503, "call_server_unreachable")


@pytest.mark.parametrize("action", ["remove", "end"])
def test_what_is_written_down_holds(
    person: Participant, jane: Participant, fake_livekit: FakeLiveKit, action: str
) -> None:
    fake_livekit.is_away = True
    assert do(action, person, identity=jane.identity)[0] == 200
    assert Client().post(link(jane)).status_code == (403 if action == "remove" else 410)


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_of_two_hosts_who_remove_each_other_one_is_in_and_one_is_out(person: Participant) -> None:
    other = registered(person.meeting, "joe", "host")
    actions: list[Callable[[], object]] = [
        lambda: do("remove", person, identity=other.identity),
        lambda: do("remove", other, identity=person.identity),
    ]
    answers: list[Any] = race(*actions)
    assert sorted(status for status, _ in answers) == [200, 403]
    assert Participant.objects.filter(barred_at__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_all_who_end_at_once_get_the_same_answer(person: Participant, fake_livekit: FakeLiveKit) -> None:
    answers: list[Any] = race(*[lambda: do("end", person)] * 3)
    assert len({str(answer) for answer in answers}) == 1
    assert answers[0][0] == 200
    assert fake_livekit.closed == [person.meeting.code]
