"""An invited person's page at the meeting's own address: without the token, which the page took out of it."""

from typing import Any

import pytest
from django.test import Client

from meetings.models import Meeting
from participants.models import Admission, Participant
from tests.conftest import NOON, FakeLiveKit
from tests.join.conftest import link, owes, page
from tests.join.hosts import registered


def own_address(person: Participant) -> str:
    return f"/{person.meeting.code}/"


def asks_code(response: Any) -> bool:
    return 'name="code"' in page(response)


@pytest.fixture
def browser(db: None, person: Participant) -> Client:
    """A browser in which a person's link was opened."""
    made = Client()
    assert made.get(link(person)).status_code == 200
    return made


def test_a_page_that_is_loaded_again_is_the_same_persons(browser: Client, person: Participant) -> None:
    response: Any = browser.get(own_address(person))
    assert response.status_code == 200
    shown = response.context["page"]
    assert (shown["name"], shown["token"], shown["link"]) == (
        "John Doe",
        person.token,
        person.meeting.join_url,
    )


def test_a_page_that_sets_the_cookie_is_stored_nowhere(browser: Client, person: Participant) -> None:
    for address in (link(person), own_address(person)):
        response = browser.get(address)
        assert f"invited-{person.meeting.code}" in response.cookies
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]


def test_another_browser_is_asked_for_the_code(browser: Client, person: Participant) -> None:
    assert asks_code(Client().get(own_address(person)))


def test_the_link_of_another_person_takes_the_browser_over(browser: Client, person: Participant) -> None:
    jane = registered(person.meeting, "jane")
    browser.get(link(jane))
    shown: Any = browser.get(own_address(person)).context
    assert shown["page"]["token"] == jane.token
    assert shown["page"]["isHost"] is False


def test_so_does_the_code_of_another_person(browser: Client, person: Participant) -> None:
    jane = registered(person.meeting, "jane")
    asked = f"{own_address(person)}?token="
    assert asks_code(browser.get(asked))
    led: Any = browser.post(asked, {"code": jane.code})
    assert led["Location"] == link(jane)
    browser.get(led["Location"])
    shown: Any = browser.get(own_address(person)).context
    assert shown["page"]["token"] == jane.token


def test_a_click_needs_the_token_all_the_same(
    browser: Client, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    assert browser.post(own_address(person)).status_code == 403
    assert browser.post(f"{own_address(person)}feedback/", {"rating": "5"}).status_code == 403
    assert browser.post(f"{own_address(person)}host/end/").status_code == 403
    assert not Admission.objects.exists()
    assert (fake_livekit.made, fake_livekit.closed) == ([], [])


def test_a_code_that_is_typed_beside_another_persons_cookie_is_taken(
    browser: Client, person: Participant
) -> None:
    jane = registered(person.meeting, "jane")
    response: Any = browser.post(own_address(person), {"code": jane.code})
    assert (response.status_code, response["Location"]) == (303, link(jane))


def test_who_was_removed_reads_so_and_the_next_person_finds_the_code(
    browser: Client, person: Participant
) -> None:
    person.mark_removed(NOON)
    response = browser.get(own_address(person))
    assert response.status_code == 403
    assert "You were removed" in page(response)
    assert 'href="?token="' in page(response)
    assert asks_code(browser.get(f"{own_address(person)}?token="))


def test_who_was_barred_reads_so(browser: Client, person: Participant) -> None:
    person.mark_barred(registered(person.meeting, "eve", "host"), NOON)
    response = browser.get(own_address(person))
    assert response.status_code == 403
    assert "A host has removed you" in page(response)


def test_who_has_no_cookie_is_offered_no_other_code(person: Participant) -> None:
    person.mark_removed(NOON)
    assert 'href="?token="' not in page(Client().get(link(person)))


def test_a_wrong_link_is_wrong_whatever_the_cookie_says(browser: Client, person: Participant) -> None:
    assert browser.get(f"{own_address(person)}?token=wrong").status_code == 403


def test_the_cookie_opens_no_other_meeting(browser: Client, person: Participant) -> None:
    other = Meeting.objects.create(customer=person.meeting.customer, is_secured=True, created_at=NOON)
    browser.cookies[f"invited-{other.code}"] = browser.cookies[f"invited-{person.meeting.code}"].value
    assert asks_code(browser.get(f"/{other.code}/"))


def test_feedback_that_is_owed_is_asked_for_and_given_there(browser: Client, person: Participant) -> None:
    owes(person)
    response = browser.get(own_address(person))
    assert response.status_code == 403
    assert f'action="{own_address(person)}feedback/?token={person.token}"' in page(response)


def test_a_language_is_chosen_for_the_person_of_the_page(browser: Client, person: Participant) -> None:
    for address in (link(person), own_address(person)):
        assert f'name="next" value="{link(person)}"' in page(browser.get(address))
