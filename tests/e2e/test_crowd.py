"""Many people without a browser in one room: seen, heard, read and distinguished.

Only with ROOM_LONG=1: `make drill` sets it.
"""

from urllib.error import HTTPError

import pytest

from tests.e2e import drills
from tests.e2e.conftest import Tabs
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.person import Person, eventually
from tests.e2e.seeing import anna_among

__test__ = drills.ROOM

JANE = {"display_name": "Jane Smith", "external_user_id": "user-456", "role": "host"}


def test_a_crowd_of_24_is_seen_moving_and_who_speaks_is_heard(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    anna, people = anna_among(integrator, tabs, crowd, 24)
    anna.wait_for_fresh_videos(25)
    people[0].hide()
    anna.wait_for_videos(24)
    people[0].show()
    people[1].leave()
    anna.wait_for_fresh_videos(24)
    anna.wait_for_sounds(0)
    people[2].speak()
    anna.wait_for_sounds(1)
    people[2].mute()
    anna.wait_for_sounds(0)


def test_the_crowd_sees_who_is_there_and_who_is_muted(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    anna, [person] = anna_among(integrator, tabs, crowd, 1)
    eventually(lambda: person.is_heard("Anna"))
    assert person.attributes_of("Anna")["role"] == "attendee"
    anna.click("Mute")
    eventually(lambda: not person.is_heard("Anna"))
    anna.leave()
    eventually(lambda: person.names() == set())


def test_messages_go_round_with_their_topics_and_senders(integrator: Integrator, crowd: Crowd) -> None:
    first, second, third = crowd.fill(integrator.create()["meeting_code"], 3, topics=["chat"])
    first.send_text("Hello", topic="chat")
    first.send_data("up", topic="hand", to=[second.identity])
    eventually(lambda: (second.texts("chat"), second.texts("hand")) == (["Hello"], ["up"]))
    eventually(lambda: third.texts("chat") == ["Hello"])
    assert {message.sender for message in second.received} == {first.identity}
    assert (third.texts("hand"), first.received) == ([], [])


def test_whoever_comes_through_the_join_page_is_known_by_role(integrator: Integrator, crowd: Crowd) -> None:
    secured = integrator.create(is_secured=True, participants=[JANE])
    link = secured["participants"][0]["join_url"]
    jane = crowd.join(link)
    assert jane.room.local_participant.attributes["role"] == "host"
    code = secured["meeting_code"]
    integrator.wait_for(f"meetings/{code}/", lambda shown: shown["participant_count"] == 1)
    with pytest.raises(HTTPError, match="403"):
        crowd.join(link.partition("?")[0])
    guest = crowd.join(integrator.create()["join_url"], "Ben")
    assert guest.room.local_participant.name == "Ben"


def test_a_full_reconnect_is_another_session_of_the_same_person(integrator: Integrator, crowd: Crowd) -> None:
    code = integrator.create()["meeting_code"]
    first, second = crowd.fill(code, 2)
    before = first.sid, first.identity
    first.reconnect()
    assert first.sid != before[0]
    assert first.identity == before[1]
    eventually(lambda: crowd.sids(code) == {"Person 1": first.sid, "Person 2": second.sid})


def test_one_of_the_crowd_shares_a_screen_until_they_stop(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    code = integrator.create()["meeting_code"]
    first, second = crowd.fill(code, 2)
    first.share_screen()
    eventually(lambda: sends(second, first) == 2)
    first.stop_sharing()
    eventually(lambda: sends(second, first) == 1)


def sends(seer: Person, seen: Person) -> int:
    """How many tracks somebody sees of another."""
    return len(seer.room.remote_participants[seen.identity].track_publications)


def test_whoever_is_ejected_knows_why(integrator: Integrator, crowd: Crowd) -> None:
    code = integrator.create()["meeting_code"]
    [person] = crowd.fill(code, 1)
    twin = crowd.add(crowd.ticket(code, "Twin", identity=person.identity))
    eventually(lambda: person.disconnected == ["DUPLICATE_IDENTITY"])
    assert twin.disconnected == []
