import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from livekit import api as sdk

from billing.models import CreditAccount
from feedback.models import Feedback
from meetings.models import Meeting
from participants.models import Admission, Participant
from tests.conftest import NOON, UNKNOWN_CODE, FakeLiveKit, connected, noon, race
from tests.join.conftest import link, page

OVER: list[tuple[dict[str, datetime], str]] = [
    ({"ended_at": NOON}, "has ended"),
    ({"expires_at": NOON}, "has expired"),
    ({"cancelled_at": NOON}, "was cancelled"),
]


def claims(response: Any) -> Any:
    verifier = sdk.TokenVerifier(django_settings.LIVEKIT_API_KEY, django_settings.LIVEKIT_API_SECRET)
    return verifier.verify(response.json()["token"])


def settings_of(response: Any) -> Any:
    """What the page's script gets."""
    return response.context["page"]


# The page


def test_an_open_meeting_asks_for_a_name(client: Client, meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    response = client.get(f"/{meeting.code}/")
    assert response.status_code == 200
    assert '"asksName": true' in page(response)
    assert "Standup" in page(response)
    assert not fake_livekit.asked
    assert not Participant.objects.exists()


def test_a_link_knows_its_person(client: Client, person: Participant) -> None:
    response = client.get(link(person))
    assert response.status_code == 200
    assert '"asksName": false' in page(response)
    assert "John Doe" in page(response)


@pytest.mark.parametrize("path", ["/{code}", "/{lower}/", "/{lower}"])
def test_every_spelling_leads_to_one_address(client: Client, meeting: Meeting, path: str) -> None:
    given = path.format(code=meeting.code, lower=meeting.code.lower())
    response: Any = client.get(f"{given}?token=a%2Fb&x=1")
    assert response.status_code == 302
    assert response["Location"] == f"/{meeting.code}/?token=a%2Fb&x=1"


def test_a_page_is_not_stored(client: Client, meeting: Meeting) -> None:
    assert "no-store" in client.get(f"/{meeting.code}/")["Cache-Control"]


def test_a_topic_is_text_and_no_markup(client: Client, meeting: Meeting) -> None:
    Meeting.objects.update(topic="</script><b>")
    assert "<b>" not in page(client.get(f"/{meeting.code}/"))


def test_the_script_gets_what_it_shows(client: Client, meeting: Meeting) -> None:
    page = settings_of(client.get(f"/{meeting.code}/"))
    assert list(page) == [
        *(
            "link",
            "token",
            "topic",
            "startsAt",
            "asksName",
            "name",
            "isHost",
            "isRecorded",
            "asksFeedback",
            "csrf",
        ),
        *("language", "words"),
    ]
    assert (page["topic"], page["startsAt"], page["language"]) == ("Standup", None, "en")
    assert (page["link"], page["token"]) == (meeting.join_url, "")
    assert page["words"]["leave"] == "Leave"


def test_the_start_is_given_in_utc(client: Client, meeting: Meeting) -> None:
    Meeting.objects.update(start_date_time=noon(1.5))
    assert settings_of(client.get(f"/{meeting.code}/"))["startsAt"] == "2026-03-01T12:00:01Z"


def test_only_hosts_are_marked_as_such(client: Client, person: Participant, meeting: Meeting) -> None:
    assert settings_of(client.get(link(person)))["isHost"] is True
    Participant.objects.update(role="attendee")
    assert settings_of(client.get(link(person)))["isHost"] is False
    assert settings_of(client.get(f"/{meeting.code}/"))["isHost"] is False


def test_a_guest_is_no_host_whatever_their_row_says(client: Client, meeting: Meeting) -> None:
    client.post(f"/{meeting.code}/", {"name": "Ann"})
    Participant.objects.update(role="host")
    assert settings_of(client.get(f"/{meeting.code}/"))["isHost"] is False


def test_feedback_is_asked_after_the_call_of_registered_people_who_gave_none(
    client: Client, person: Participant
) -> None:
    assert settings_of(client.get(link(person)))["asksFeedback"] is False
    Meeting.objects.update(feedback_required=True)
    assert settings_of(client.get(link(person)))["asksFeedback"] is True
    Feedback.objects.create(
        meeting=person.meeting,
        external_user_id="user-123",
        participant=person,
        rating=5,
        comments="Good",
        created_at=NOON,
    )
    assert settings_of(client.get(link(person)))["asksFeedback"] is False


# A meeting that is recorded


def test_it_is_said_before_anybody_comes_in(client: Client, meeting: Meeting) -> None:
    assert settings_of(client.get(f"/{meeting.code}/"))["isRecorded"] is False
    Meeting.objects.update(record_on_cloud=True)
    assert settings_of(client.get(f"/{meeting.code}/"))["isRecorded"] is True


@pytest.mark.parametrize("said", [{}, {"recording_told": ""}])
def test_nobody_comes_in_without_notice_of_the_recording(
    client: Client, meeting: Meeting, said: dict[str, str]
) -> None:
    Meeting.objects.update(record_on_cloud=True)
    response: Any = client.post(f"/{meeting.code}/", {"name": "Ann", **said})
    assert (response.status_code, response.json()["code"]) == (409, "recording_not_told")
    assert not Participant.objects.exists()


def test_that_it_was_said_is_stored_with_the_admission(client: Client, meeting: Meeting) -> None:
    Meeting.objects.update(record_on_cloud=True)
    assert client.post(f"/{meeting.code}/", {"name": "Ann", "recording_told": "1"}).status_code == 200
    admission = Admission.objects.get()
    assert admission.recording_told_at
    assert abs(admission.recording_told_at - admission.created_at).total_seconds() < 1


def test_of_a_meeting_that_is_not_recorded_nothing_is_kept(client: Client, meeting: Meeting) -> None:
    client.post(f"/{meeting.code}/", {"name": "Ann", "recording_told": "1"})
    assert Admission.objects.get().recording_told_at is None


# Who comes back by themselves


def knocked(client: Client, meeting: Meeting, **said: str) -> tuple[int, str]:
    response: Any = client.post(f"/{meeting.code}/", {"name": "Ann", **said})
    return response.status_code, response.json().get("code", "")


def test_a_page_that_comes_back_is_let_in_unless_another_came_since(client: Client, meeting: Meeting) -> None:
    older, newer = "a" * 32, "b" * 32
    assert knocked(client, meeting, visit=older) == (200, "")
    assert knocked(client, meeting, visit=older, is_back="1") == (200, "")
    assert knocked(client, meeting, visit=newer) == (200, "")
    assert knocked(client, meeting, visit=older, is_back="1") == (409, "joined_elsewhere")
    assert knocked(client, meeting, visit=older) == (200, "")


@pytest.mark.parametrize("odd", ["", "x", "A" * 32, "a" * 33, "a" * 31 + "\0", "ä" * 32])
def test_a_visit_that_is_none_of_ours_is_ignored(client: Client, meeting: Meeting, odd: str) -> None:
    assert knocked(client, meeting, visit=odd, is_back="1") == (200, "")
    assert Admission.objects.get().visit == ""


# Dead ends, the same for those who look and those who click


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_no_such_meeting(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)(f"/{UNKNOWN_CODE}/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/nothing", "/ABCD-EFGH/", "/%00", "/%FF", "/docs/%FF"])
def test_any_other_path_is_a_page_too(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "There is no such meeting" in page(response)


@pytest.mark.parametrize(("facts", "words"), OVER)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_meeting_that_is_over_says_why(
    client: Client, meeting: Meeting, method: str, facts: dict[str, datetime], words: str
) -> None:
    Meeting.objects.update(**facts)
    response = getattr(client, method)(f"/{meeting.code}/")
    assert response.status_code == 410
    assert words in page(response)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("query", ["?token=wrong", "?token=%00", "?token=%ED%A0%80", "?token=a&token=b"])
def test_a_secured_meeting_wants_a_right_link(
    client: Client, secured: Meeting, method: str, query: str
) -> None:
    assert getattr(client, method)(f"/{secured.code}/{query}").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_removed_person_gets_that_reason(client: Client, person: Participant, method: str) -> None:
    person.mark_removed(NOON)
    response = getattr(client, method)(link(person))
    assert response.status_code == 403
    assert "removed" in page(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_to_another_meeting_opens_nothing(client: Client, person: Participant, method: str) -> None:
    other = Meeting.objects.create(customer=person.meeting.customer, is_secured=True, created_at=NOON)
    assert getattr(client, method)(f"/{other.code}/?token={person.token}").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_enters_an_empty_room_without_credits(
    client: Client, person: Participant, method: str
) -> None:
    CreditAccount.objects.update(balance=0)
    assert getattr(client, method)(link(person)).status_code == 402


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_full_meeting_says_so(client: Client, person: Participant, method: str) -> None:
    Meeting.objects.update(max_participants=1)
    connected(Participant.objects.create(meeting=person.meeting, display_name="Eve", created_at=NOON), NOON)
    response = getattr(client, method)(link(person))
    assert response.status_code == 409
    assert "full" in page(response)


@pytest.mark.parametrize(("facts", "words"), OVER)
def test_over_comes_before_a_wrong_link(
    client: Client, secured: Meeting, facts: dict[str, datetime], words: str
) -> None:
    Meeting.objects.update(**facts)
    assert client.get(f"/{secured.code}/?token=wrong").status_code == 410


def test_removed_comes_before_no_credits(client: Client, person: Participant) -> None:
    person.mark_removed(NOON)
    CreditAccount.objects.update(balance=0)
    assert client.post(link(person)).status_code == 403


# The click


def test_a_registered_person_gets_a_token_of_their_own(
    client: Client, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    response: Any = client.post(link(person))
    assert response.status_code == 200
    assert response.json()["url"] == django_settings.LIVEKIT_PUBLIC_URL
    assert (claims(response).identity, claims(response).name) == (person.identity, "John Doe")
    assert claims(response).attributes["role"] == "host"
    assert fake_livekit.made == [person.meeting.code]


def test_the_answer_says_how_long_the_meeting_lasts(client: Client, person: Participant) -> None:
    answer: Any = client.post(link(person)).json()
    assert list(answer) == ["url", "token", "expiresIn"]
    assert answer["expiresIn"] is None
    Meeting.objects.update(expires_at=timezone.now() + timedelta(seconds=600))
    later: Any = client.post(link(person)).json()
    assert 590 < later["expiresIn"] < 600


def test_a_guest_comes_in_under_the_name_they_give(client: Client, meeting: Meeting) -> None:
    response: Any = client.post(f"/{meeting.code}/", {"name": "  Ann "})
    guest = Participant.objects.get()
    assert (guest.display_name, guest.is_guest) == ("Ann", True)
    assert claims(response).identity == guest.identity
    assert Admission.objects.get().participant == guest


def test_a_registered_person_cannot_rename_themselves(client: Client, person: Participant) -> None:
    response = client.post(link(person), {"name": "The Boss"})
    assert claims(response).name == "John Doe"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("Ann\u202e Lee", "Ann Lee"), ("Ann\nLee", "Ann Lee"), ("क्\u200dष", "क्\u200dष"), ("🎓", "🎓")],
)
def test_a_name_is_kept_without_what_nobody_sees(
    client: Client, meeting: Meeting, given: str, shown: str
) -> None:
    client.post(f"/{meeting.code}/", {"name": given})
    assert Participant.objects.get().display_name == shown


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 101, "a\0b", "\u200b", "\u202e \u200d", "\u3164", "\u2800"]
)
def test_a_name_is_needed(client: Client, meeting: Meeting, name: str) -> None:
    response: Any = client.post(f"/{meeting.code}/", {"name": name})
    assert response.status_code == 400
    assert list(response.json()) == ["error", "detail", "code"]
    assert not Participant.objects.exists()


def test_a_click_from_another_site_is_refused(meeting: Meeting) -> None:
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(f"/{meeting.code}/", {"name": "Ann"}).status_code == 403
    assert not Participant.objects.exists()


def test_a_click_on_our_page_is_accepted(meeting: Meeting) -> None:
    visitor = Client(enforce_csrf_checks=True)
    [token] = re.findall(r'"csrf": "(\w+)"', page(visitor.get(f"/{meeting.code}/")))
    headers = {"X-CSRFToken": token}
    assert visitor.post(f"/{meeting.code}/", {"name": "Ann"}, headers=headers).status_code == 200


def test_while_livekit_is_away_nobody_comes_in(
    client: Client, meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.is_away = True
    response: Any = client.post(f"/{meeting.code}/", {"name": "Ann"})
    assert (response.status_code, response.json()["code"]) == (503, "call_server_unreachable")
    assert not Admission.objects.exists()


# Coming back


def test_a_guest_who_comes_back_is_the_same_person(client: Client, meeting: Meeting) -> None:
    for name in ("Ann", "Anna"):
        client.post(f"/{meeting.code}/", {"name": name})
    assert Participant.objects.get().display_name == "Anna"
    assert "Anna" in page(client.get(f"/{meeting.code}/"))


def test_another_browser_is_another_guest(meeting: Meeting) -> None:
    for _ in range(2):
        Client().post(f"/{meeting.code}/", {"name": "Ann"})
    assert Participant.objects.count() == 2


def test_a_guest_who_was_removed_is_refused(client: Client, meeting: Meeting) -> None:
    client.post(f"/{meeting.code}/", {"name": "Ann"})
    Participant.objects.get().mark_removed(noon(5))
    assert client.post(f"/{meeting.code}/", {"name": "Ann"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_given_once(meeting: Meeting) -> None:
    Meeting.objects.update(max_participants=2)
    Client().post(f"/{meeting.code}/", {"name": "Ann"})
    answers: list[Any] = race(*[lambda: Client().post(f"/{meeting.code}/", {"name": "Ben"})] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
