"""GET /api/v1/meetings/{meeting_code}/feedback/"""

from typing import Any

import pytest

from api.v1 import examples
from feedback import submission
from feedback.models import Feedback
from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import StrangerSeesNothing
from tests.conftest import NOON, Api, connected, noon


@pytest.fixture
def asking(secured: Meeting) -> Meeting:
    """A meeting that asks for feedback."""
    Meeting.objects.filter(pk=secured.pk).update(feedback_required=True)
    secured.refresh_from_db()
    return secured


@pytest.fixture
def john(asking: Meeting, person: Participant) -> Participant:
    connected(person, NOON, noon(600))
    return person


def said(meeting: Meeting, rating: int, number: int = 1) -> Feedback:
    """By somebody else who was there."""
    person = Participant.objects.create(
        meeting=meeting, external_user_id=f"user/{number}", display_name=f"User {number}", created_at=NOON
    )
    connected(person, NOON, noon(600))
    return submission.submit(person, meeting, rating, f"Said by {number}.", noon(700 + number))


def shown(api: Api, meeting: Meeting) -> Any:
    answer = api.get(f"meetings/{meeting.code}/feedback/")
    assert answer.status_code == 200
    return answer.json()


def test_it_shows_what_was_said(api: Api, asking: Meeting, john: Participant) -> None:
    submission.submit(john, asking, 4, "  Helpful, <b>but</b> late.\r\nNext time earlier? ", noon(660.9))
    assert shown(api, asking) == {
        "meeting_code": asking.code,
        "feedback_required": True,
        "rating_average": 4.0,
        "count": 1,
        "feedback": [
            {
                "external_user_id": "user-123",
                "display_name": "John Doe",
                "rating": 4,
                "comments": "Helpful, <b>but</b> late.\nNext time earlier?",
                "created_at": "2026-03-01T12:11:00Z",
            }
        ],
    }


def test_its_fields_come_in_the_order_of_the_example(api: Api, asking: Meeting) -> None:
    said(asking, 5)
    example: Any = examples.FEEDBACK
    assert list(shown(api, asking)) == list(example)
    assert [list(shown(api, asking)["feedback"][0])] * 2 == [list(one) for one in example["feedback"]]


def test_the_oldest_answer_comes_first(api: Api, asking: Meeting) -> None:
    for number in (3, 1, 2):
        said(asking, 5, number)
    body = shown(api, asking)
    assert [one["display_name"] for one in body["feedback"]] == ["User 1", "User 2", "User 3"]
    assert body["count"] == 3


@pytest.mark.parametrize(
    ("ratings", "average"),
    [([5], 5), ([5, 4], 4.5), ([5, 5, 4], 4.67), ([5, 4, 4], 4.33), ([5, 4, 4, 4, 4, 4, 4, 4], 4.13)],
)
def test_the_average_has_at_most_two_decimals(
    api: Api, asking: Meeting, ratings: list[int], average: float
) -> None:
    for number, rating in enumerate(ratings):
        said(asking, rating, number)
    average_shown = shown(api, asking)["rating_average"]
    assert isinstance(average_shown, float)
    assert average_shown == average


def test_without_answers_there_is_no_average(api: Api, asking: Meeting) -> None:
    body = shown(api, asking)
    assert (body["rating_average"], body["count"], body["feedback"]) == (None, 0, [])


def test_a_secured_meeting_that_asks_for_none_has_none(api: Api, secured: Meeting) -> None:
    body = shown(api, secured)
    assert (body["feedback_required"], body["feedback"]) == (False, [])


def test_feedback_remains_when_somebody_is_removed_and_the_meeting_ends(
    api: Api, asking: Meeting, john: Participant
) -> None:
    submission.submit(john, asking, 5, "Good.", noon(700))
    assert api.delete(f"meetings/{asking.code}/participants/user-123/").status_code == 200
    assert api.delete(f"meetings/{asking.code}/").status_code == 200
    assert shown(api, asking)["count"] == 1


def test_another_meeting_s_answers_are_not_among_them(api: Api, asking: Meeting) -> None:
    other = Meeting.objects.create(
        customer=asking.customer, is_secured=True, feedback_required=True, created_at=NOON
    )
    said(other, 1)
    assert shown(api, asking)["count"] == 0
    assert shown(api, other)["count"] == 1


def test_an_open_meeting_has_no_feedback(api: Api, meeting: Meeting) -> None:
    answer = api.get(f"meetings/{meeting.code}/feedback/")
    body = answer.json()
    assert (answer.status_code, body["error"], body["code"]) == (
        400,
        "Meeting is not secured",
        "meeting_not_secured",
    )
    assert body["fields"] == {}
    assert "Feedback" in body["detail"]


def test_a_stranger_sees_nothing(asking: Meeting, stranger_sees_nothing: StrangerSeesNothing) -> None:
    said(asking, 5)
    stranger_sees_nothing("GET", "meetings/{code}/feedback/", asking)


def test_the_code_may_be_in_lower_case_and_the_slash_missing(api: Api, asking: Meeting) -> None:
    said(asking, 5)
    answer = api.get(f"meetings/{asking.code.lower()}/feedback")
    assert (answer.status_code, answer.json()["meeting_code"]) == (200, asking.code)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_changes_it_by_the_api(api: Api, asking: Meeting, method: str) -> None:
    kept = said(asking, 5)
    answer = api.call(method, f"meetings/{asking.code}/feedback/", {"rating": 1, "comments": "Bad."})
    assert answer.status_code == 405
    assert Feedback.objects.get().rating == kept.rating


def test_it_needs_as_many_queries_for_many(
    api: Api, asking: Meeting, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        said(asking, 5, number)
    api.get(f"meetings/{asking.code}/")  # after which the key was used today
    with django_assert_max_num_queries(3):
        assert shown(api, asking)["count"] == 10
