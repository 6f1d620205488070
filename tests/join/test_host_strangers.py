"""Who may not do what hosts do: they get the reason, in JSON, and nothing is done."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, UNKNOWN_CODE, FakeLiveKit
from tests.join.conftest import BROWSER, link, page
from tests.join.hosts import ACTIONS, address, answered, do, kept, refusal, registered


@pytest.mark.parametrize("action", ACTIONS)
class TestWhoMayNot:
    def test_there_is_no_such_meeting(self, client: Client, person: Participant, action: str) -> None:
        response = client.post(f"/{UNKNOWN_CODE}/host/{action}/?token={person.token}")
        assert refusal(answered(response)) == (404, "meeting_not_found")

    def test_an_attendee(
        self, jane: Participant, person: Participant, action: str, nothing_done: Any
    ) -> None:
        assert refusal(do(action, jane, identity=person.identity)) == (403, "not_a_host")

    @pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%00", "?token=%ED%A0%80"])
    def test_somebody_without_a_right_link(
        self, client: Client, jane: Participant, action: str, query: str, nothing_done: Any
    ) -> None:
        path = f"/{jane.meeting.code}/host/{action}/{query}"
        assert refusal(answered(client.post(path, {"identity": jane.identity}))) == (403, "link_not_valid")

    @pytest.mark.parametrize("fact", ["removed_at", "barred_at"])
    def test_a_host_who_is_not_wanted_any_more(
        self, person: Participant, jane: Participant, action: str, fact: str, nothing_done: Any
    ) -> None:
        Participant.objects.filter(pk=person.pk).update(**{fact: NOON})
        code = {"removed_at": "participant_removed", "barred_at": "participant_barred"}[fact]
        assert refusal(do(action, person, identity=jane.identity)) == (403, code)

    def test_a_host_of_another_meeting(
        self, jane: Participant, customer: Customer, action: str, nothing_done: Any
    ) -> None:
        other = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
        host = registered(other, "joe", "host")
        path = f"/{jane.meeting.code}/host/{action}/?token={host.token}"
        response = Client().post(path, {"identity": jane.identity})
        assert refusal(answered(response)) == (403, "link_not_valid")

    def test_another_customer_s_host_in_their_own_meeting(
        self, jane: Participant, stranger: Customer, action: str, fake_livekit: FakeLiveKit
    ) -> None:
        """What they do is done in theirs: whom it names is not there."""
        fake_livekit.muted[jane.meeting.code] = {jane.identity: False}
        theirs = Meeting.objects.create(customer=stranger, is_secured=True, created_at=NOON)
        status, _ = do(action, registered(theirs, "eve", "host"), identity=jane.identity)
        assert status == (200 if action == "end" else 404)
        assert kept(jane).barred_at is None
        assert fake_livekit.muted[jane.meeting.code] == {jane.identity: False}
        assert (fake_livekit.ejected, fake_livekit.closed) == ([], [theirs.code] if action == "end" else [])
        assert Meeting.objects.get(pk=jane.meeting_id).ended_at is None

    def test_anybody_in_an_open_meeting(
        self, client: Client, meeting: Meeting, person: Participant, action: str, nothing_done: Any
    ) -> None:
        client.post(f"/{meeting.code}/", {"name": "Ann"})
        Participant.objects.filter(meeting=meeting).update(role="host")
        guest = Participant.objects.get(meeting=meeting)
        for query in ("", f"?token={person.token}", f"?token={guest.token}"):
            path = f"/{meeting.code}/host/{action}/{query}"
            assert refusal(answered(client.post(path, {"identity": guest.identity}))) == (403, "not_a_host")

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"ended_at": NOON}, "meeting_ended"),
            ({"expires_at": NOON}, "meeting_expired"),
            ({"cancelled_at": NOON}, "meeting_cancelled"),
        ],
    )
    def test_a_host_of_a_meeting_that_is_over(
        self, person: Participant, jane: Participant, action: str, facts: dict[str, datetime], code: str
    ) -> None:
        Meeting.objects.update(**facts)
        answer = do(action, person, identity=jane.identity)
        if (action, code) == ("end", "meeting_ended"):
            assert answer == (200, {"ended_at": "2026-03-01T12:00:00Z"})
        else:
            assert refusal(answer) == (410, code)
        assert kept(jane).barred_at is None

    def test_who_is_no_host_learns_nothing_of_when_a_meeting_ended(
        self, jane: Participant, action: str
    ) -> None:
        Meeting.objects.update(ended_at=NOON)
        assert refusal(do(action, jane)) in [(410, "meeting_ended"), (403, "not_a_host")]

    def test_a_click_from_another_site(self, person: Participant, action: str, nothing_done: Any) -> None:
        visitor = Client(enforce_csrf_checks=True)
        assert refusal(answered(visitor.post(address(action, person)))) == (403, "csrf_failed")

    def test_a_click_on_our_page_is_accepted(
        self, person: Participant, jane: Participant, action: str
    ) -> None:
        visitor = Client(enforce_csrf_checks=True)
        [token] = re.findall(r'"csrf": "(\w+)"', page(visitor.get(link(person))))
        fields = {} if action == "mute" else {"identity": jane.identity}
        response = visitor.post(address(action, person), fields, headers={"X-CSRFToken": token})
        assert response.status_code == 200

    @pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
    def test_anything_but_post(
        self, client: Client, person: Participant, action: str, method: str, nothing_done: Any
    ) -> None:
        response: Any = getattr(client, method)(address(action, person), headers={"Accept": BROWSER})
        assert (response.status_code, response["Allow"]) == (405, "POST")
        assert response["Content-Type"] == "application/json"

    def test_answers_are_json_and_kept_by_nobody(self, jane: Participant, action: str) -> None:
        response = Client().post(address(action, jane), headers={"Accept": BROWSER})
        assert response["Content-Type"] == "application/json"
        assert "no-store" in response["Cache-Control"]

    def test_a_refusal_speaks_the_language_of_the_page(self, jane: Participant, action: str) -> None:
        Meeting.objects.update(cancelled_at=NOON)
        response = Client().post(address(action, jane), headers={"Accept-Language": "de"})
        assert response["Content-Language"] == "de"
        assert "abgesagt" in response.json()["error"]
