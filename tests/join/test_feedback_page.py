"""How a meeting was: asked after the call, and at the join page of the next one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from feedback.models import Feedback
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import UNKNOWN_CODE, connected, race
from tests.join.conftest import feedback_link, link, owes, page, was_in

GOOD = {"rating": "4", "comments": "It was good."}
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def there(person: Participant) -> Participant:
    """John, who was in his meeting, which asks for feedback."""
    Meeting.objects.filter(pk=person.meeting_id).update(feedback_required=True, topic="History")
    person.meeting.refresh_from_db()
    connected(person, timezone.now() - timedelta(minutes=5), timezone.now())
    return person


# The gate


def test_whoever_owes_feedback_is_asked_for_it_at_the_next_join_page(
    browser: Client, person: Participant
) -> None:
    feedback_request = owes(person, "Algebra")
    response: Any = browser.get(link(person))
    assert response.status_code == 403
    assert "Algebra" in page(response)
    assert f'name="earlier" value="{feedback_request.meeting.code}"' in page(response)
    assert f'action="/{person.meeting.code}/feedback/?token={person.token}"' in page(response)
    assert response.context["earlier"].day.isoformat() == feedback_request.day


def test_who_gives_it_comes_back_to_the_join_page(browser: Client, person: Participant) -> None:
    feedback_request = owes(person)
    response: Any = browser.post(feedback_link(person), {**GOOD, "earlier": feedback_request.meeting.code})
    assert (response.status_code, response["Location"]) == (303, link(person))
    assert browser.get(response["Location"]).status_code == 200
    answer = Feedback.objects.get()
    assert (answer.meeting, answer.rating, answer.comments) == (feedback_request.meeting, 4, "It was good.")


def test_a_form_of_the_former_version_is_about_the_earlier_meeting_too(
    browser: Client, person: Participant
) -> None:
    feedback_request = owes(person)
    response: Any = browser.post(feedback_link(person), {**GOOD, "debt": feedback_request.meeting.code})
    assert (response.status_code, response["Location"]) == (303, link(person))
    assert Feedback.objects.get().meeting == feedback_request.meeting


def test_the_oldest_feedback_request_comes_first_then_the_next_then_the_way_in(
    browser: Client, person: Participant
) -> None:
    now = timezone.now()
    feedback_requests = [owes(person, f"Lesson {age}", now - timedelta(days=age)) for age in (2, 9, 5)]
    for topic in ("Lesson 9", "Lesson 5", "Lesson 2"):
        asked: Any = browser.get(link(person))
        assert asked.context["earlier"].meeting.topic == topic
        browser.post(
            feedback_link(person),
            {**GOOD, "earlier": asked.context["earlier"].meeting.code},
        )
    assert browser.get(link(person)).status_code == 200
    assert Feedback.objects.count() == len(feedback_requests)


def test_the_script_gets_a_code(client: Client, person: Participant) -> None:
    owes(person)
    response: Any = client.post(link(person))
    assert (response.status_code, response.json()["code"]) == (403, "feedback_owed")
    assert list(response.json()) == ["error", "detail", "code"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {"rating", "comments"}),
        ({"rating": "6", "comments": "x"}, {"rating"}),
        ({"rating": "3", "comments": "  "}, {"comments"}),
        ({"rating": "3", "comments": "x" * 2001}, {"comments"}),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_given_remains(
    browser: Client, person: Participant, given: dict[str, str], wrong: set[str]
) -> None:
    feedback_request = owes(person, "Algebra")
    response: Any = browser.post(feedback_link(person), {**given, "earlier": feedback_request.meeting.code})
    assert response.status_code == 400
    assert set(response.context["errors"]) == wrong
    for sentences in response.context["errors"].values():
        assert str(sentences[0]) in page(response)
    assert response.context["given"] == {"rating": "", "comments": "", **given}
    assert response.context["earlier"].meeting == feedback_request.meeting
    assert response.context["earlier"].day.isoformat() == feedback_request.day
    assert not Feedback.objects.exists()


def test_a_feedback_request_for_another_customers_meeting_is_as_one_that_never_was(
    browser: Client, person: Participant, stranger: Customer
) -> None:
    theirs = Meeting.objects.create(
        customer=stranger, is_secured=True, feedback_required=True, created_at=timezone.now()
    )
    answers = []
    for code in (theirs.code, UNKNOWN_CODE, "nonsense", "a\0b", was_never_in(person).code):
        response = browser.post(feedback_link(person), {**GOOD, "earlier": code})
        answers.append((response.status_code, "You were not in this meeting" in page(response)))
    assert set(answers) == {(403, True)}
    assert not Feedback.objects.exists()


def was_never_in(person: Participant) -> Meeting:
    return Meeting.objects.create(
        customer=person.meeting.customer, is_secured=True, feedback_required=True, created_at=timezone.now()
    )


# After the call


def test_the_script_sends_it_after_the_call(client: Client, there: Participant) -> None:
    response: Any = client.post(feedback_link(there), GOOD, headers=SCRIPT)
    assert (response.status_code, response.json()) == (200, {"thanks": True})
    assert Feedback.objects.get().meeting == there.meeting


def test_a_second_time_changes_nothing_and_is_thanked_as_well(client: Client, there: Participant) -> None:
    for rating in ("4", "1"):
        response: Any = client.post(feedback_link(there), {**GOOD, "rating": rating}, headers=SCRIPT)
        assert (response.status_code, response.json()) == (200, {"thanks": True})
    assert Feedback.objects.get().rating == 4


def test_it_may_be_given_when_the_meeting_is_over(client: Client, there: Participant) -> None:
    Meeting.objects.update(ended_at=timezone.now())
    assert client.post(feedback_link(there), GOOD, headers=SCRIPT).status_code == 200


def test_the_script_gets_what_is_wrong_by_field(client: Client, there: Participant) -> None:
    response: Any = client.post(feedback_link(there), {"rating": "0", "comments": ""}, headers=SCRIPT)
    assert response.status_code == 400
    assert set(response.json()["fields"]) == {"rating", "comments"}
    assert response.json()["code"] == "invalid_feedback"


def test_without_a_script_there_is_a_form(browser: Client, there: Participant) -> None:
    response: Any = browser.get(feedback_link(there))
    assert response.status_code == 200
    assert "History" in page(response)
    assert 'name="earlier"' not in page(response)
    sent: Any = browser.post(feedback_link(there), GOOD)
    assert (sent.status_code, sent["Location"]) == (303, feedback_link(there))
    thanks = browser.get(sent["Location"])
    assert thanks.status_code == 200
    assert "Thank you" in page(thanks)


def test_a_form_filled_in_wrongly_comes_back(browser: Client, there: Participant) -> None:
    response: Any = browser.post(feedback_link(there), {"rating": "3", "comments": ""})
    assert response.status_code == 400
    assert 'value="3" required checked' in page(response)
    assert 'name="earlier"' not in page(response)


def test_it_is_accepted_from_our_pages_only(there: Participant) -> None:
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(feedback_link(there), GOOD, headers=SCRIPT).status_code == 403
    csrf = page(visitor.get(link(there))).split('"csrf": "')[1].split('"')[0]
    headers = {**SCRIPT, "X-CSRFToken": csrf}
    assert visitor.post(feedback_link(there), GOOD, headers=headers).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_tabs_settle_to_one_answer(there: Participant) -> None:
    feedback: list[Any] = race(
        *[lambda: Client().post(feedback_link(there), GOOD, headers=SCRIPT) for _ in range(4)]
    )
    assert [answer.status_code for answer in feedback] == [200] * 4
    assert Feedback.objects.count() == 1


# Who is not asked


def sent(client: Client, method: str, address: str) -> Any:
    return client.get(address) if method == "get" else client.post(address, GOOD)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong"])
def test_it_needs_the_persons_own_link(client: Client, there: Participant, method: str, query: str) -> None:
    response = sent(client, method, f"/{there.meeting.code}/feedback/{query}")
    assert response.status_code == 403
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("fact", ["removed_at", "barred_at"])
def test_who_was_ejected_is_not_asked(client: Client, there: Participant, fact: str) -> None:
    Participant.objects.update(**{fact: timezone.now()})
    assert client.get(feedback_link(there)).status_code == 403
    assert client.post(feedback_link(there), GOOD, headers=SCRIPT).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_was_not_there_is_not_asked(client: Client, person: Participant, method: str) -> None:
    Meeting.objects.update(feedback_required=True)
    response = sent(client, method, feedback_link(person))
    assert response.status_code == 403
    assert "You were not in this meeting" in page(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_meeting_that_asks_for_none_accepts_none(client: Client, there: Participant, method: str) -> None:
    Meeting.objects.update(feedback_required=False)
    response = sent(client, method, feedback_link(there))
    assert response.status_code == 403
    assert "This meeting collects no feedback" in page(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_guests_of_open_meetings_are_not_asked(client: Client, meeting: Meeting, method: str) -> None:
    assert sent(client, method, f"/{meeting.code}/feedback/").status_code == 403


def test_there_is_no_such_meeting(client: Client, db: None) -> None:
    assert client.get(f"/{UNKNOWN_CODE}/feedback/?token=x").status_code == 404


@pytest.mark.parametrize("path", ["/{code}/feedback", "/{lower}/feedback/"])
def test_every_spelling_leads_to_one_address(client: Client, there: Participant, path: str) -> None:
    given = path.format(code=there.meeting.code, lower=there.meeting.code.lower())
    response: Any = client.get(f"{given}?token=x")
    assert response["Location"] == f"/{there.meeting.code}/feedback/?token=x"


def test_who_owed_nothing_may_still_give_it_on_an_earlier_meeting(
    browser: Client, person: Participant
) -> None:
    earlier = was_in(person, "Biology")
    assert browser.post(feedback_link(person), {**GOOD, "earlier": earlier.code}).status_code == 303
    assert Feedback.objects.get().meeting == earlier
