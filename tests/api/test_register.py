from typing import Any

import pytest
import time_machine

from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import StrangerSeesNothing
from tests.conftest import NOON, Api, noon, race

FIELDS = [
    "id",
    "display_name",
    "external_user_id",
    "email",
    "role",
    "participant_code",
    "join_url",
    "created_at",
]
# The request of the reference, word for word.
JOHN = {
    "display_name": "John Doe",
    "external_user_id": "user-123",
    "email": "john@example.com",
    "role": "host",
}


def register(api: Api, meeting: Meeting, body: Any) -> Any:
    return api.post(f"meetings/{meeting.code}/participants/", body)


@time_machine.travel(NOON)
def test_it_registers_a_person(api: Api, secured: Meeting) -> None:
    response = register(api, secured, JOHN)
    kept = Participant.objects.get()
    assert response.status_code == 201
    assert list(response.json()) == FIELDS
    assert response.json() == {
        "id": kept.pk,
        **JOHN,
        "participant_code": kept.code,
        "join_url": f"{secured.join_url}?token={kept.token}",
        "created_at": "2026-03-01T12:00:00Z",
    }


@pytest.mark.parametrize("email", [{}, {"email": None}])
def test_email_and_role_may_be_left_out(api: Api, secured: Meeting, email: dict[str, None]) -> None:
    body = register(api, secured, {"display_name": "Ann", "external_user_id": "ann", **email}).json()
    assert (body["email"], body["role"]) == (None, "attendee")


def test_a_name_is_trimmed(api: Api, secured: Meeting) -> None:
    body = register(api, secured, {**JOHN, "display_name": "  " + "x" * 100 + " "}).json()
    assert body["display_name"] == "x" * 100


def test_a_name_that_cannot_be_shown_is_refused_with_its_character(api: Api, secured: Meeting) -> None:
    body = register(api, secured, {**JOHN, "display_name": "a\u202eb"}).json()
    sentence = "Must be one line without control and invisible format characters: it has U+202E."
    assert body["fields"] == {"display_name": [sentence]}


@pytest.mark.parametrize(
    "name", ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "क्\u200dष", "👩\u200d🚀", "Zoë", "a\u00a0b"]
)
def test_names_of_every_script_are_kept(api: Api, secured: Meeting, name: str) -> None:
    assert register(api, secured, {**JOHN, "display_name": name}).json()["display_name"] == name


@pytest.mark.parametrize(
    "external_user_id",
    [
        "a/b",
        " user ",
        "USER-123",
        "100%",
        "%2F",
        "ключ",
        "a b?c#d",
        "...",
        "x\n",
        "x" * 255,
        "cancel",
        "a\u202eb",
    ],
)
def test_an_id_is_any_text_kept_exactly(api: Api, secured: Meeting, external_user_id: str) -> None:
    body = register(api, secured, {**JOHN, "external_user_id": external_user_id}).json()
    assert body["external_user_id"] == external_user_id
    assert Participant.objects.get().external_user_id == external_user_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", ""),
        ("display_name", "   "),
        ("display_name", "x" * 101),
        ("display_name", 5),
        ("display_name", None),
        ("display_name", "a\0"),
        ("display_name", "\u200b"),
        ("display_name", "\u200d"),
        ("display_name", "\u3164"),
        ("display_name", "John\nDoe"),
        ("display_name", "John\u2028Doe"),
        ("display_name", "a\u202eb"),
        ("display_name", "a\u2066b"),
        ("external_user_id", ""),
        ("external_user_id", "x" * 256),
        ("external_user_id", 123),
        ("external_user_id", None),
        ("external_user_id", "a\0"),
        ("external_user_id", "\ud800"),
        ("external_user_id", "."),
        ("external_user_id", ".."),
        ("external_user_id", "/a"),
        ("external_user_id", "a/"),
        ("external_user_id", "a//b"),
        ("external_user_id", "a/../b"),
        ("external_user_id", "a/./b"),
        ("email", "nonsense"),
        ("email", ""),
        ("email", 5),
        ("email", "\ud800@example.com"),
        ("email", "j@exam\u00adple.com"),
        ("email", '"\x01"@example.com'),
        ("email", "j" * 64 + "@" + ".".join(["d" * 60] * 4) + ".com"),
        ("role", "HOST"),
        ("role", ""),
        ("role", None),
        ("role", 5),
        ("role", ["host"]),
        ("role", "\ud800"),
    ],
)
def test_wrong_values_are_refused(api: Api, secured: Meeting, field: str, value: object) -> None:
    response = register(api, secured, {**JOHN, field: value})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]
    assert not Participant.objects.exists()


@pytest.mark.parametrize("field", ["display_name", "external_user_id"])
def test_a_name_and_an_id_are_needed(api: Api, secured: Meeting, field: str) -> None:
    response = register(api, secured, {name: value for name, value in JOHN.items() if name != field})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]


def test_an_id_is_registered_once(api: Api, secured: Meeting, person: Participant) -> None:
    response = register(api, secured, JOHN)
    body = response.json()
    assert response.status_code == 409
    assert list(body) == ["error", "detail", "code", "request_id"]
    assert body["error"] == "Participant already registered"
    assert body["detail"] == (
        'A participant with external_user_id "user-123" is already registered for this meeting'
    )


def test_an_open_meeting_registers_nobody(api: Api, meeting: Meeting) -> None:
    response = register(api, meeting, JOHN)
    body = response.json()
    assert response.status_code == 400
    assert list(body) == ["error", "detail", "code", "fields", "request_id"]
    assert body["error"] == "Meeting is not secured"
    assert body["detail"] == (
        "Participant registration is only available for secured meetings. "
        "Enable is_secured when creating the meeting."
    )


def test_a_name_and_an_id_may_have_one_character(api: Api, secured: Meeting) -> None:
    body = register(api, secured, {"display_name": "A", "external_user_id": "a"}).json()
    assert (body["display_name"], body["external_user_id"]) == ("A", "a")


def test_a_wrong_body_comes_before_a_conflict(api: Api, secured: Meeting, person: Participant) -> None:
    assert register(api, secured, {**JOHN, "role": "boss"}).status_code == 400
    Meeting.objects.update(ended_at=NOON)
    assert register(api, secured, {**JOHN, "role": "boss"}).status_code == 400


@pytest.mark.parametrize("facts", [{"ended_at": NOON}, {"expires_at": NOON}, {"cancelled_at": NOON}])
@time_machine.travel(noon(60))
def test_a_meeting_that_is_over_registers_nobody(api: Api, secured: Meeting, facts: dict[str, Any]) -> None:
    Meeting.objects.update(**facts)
    response = register(api, secured, JOHN)
    assert response.status_code == 409
    assert response.json()["error"] == "Meeting is not active"


def test_a_removed_person_may_register_again(api: Api, secured: Meeting) -> None:
    before = register(api, secured, JOHN).json()
    api.delete(f"meetings/{secured.code}/participants/user-123/")
    response = register(api, secured, JOHN)
    after = response.json()
    assert response.status_code == 201
    assert all(before[name] != after[name] for name in ("id", "participant_code", "join_url"))


def test_a_stranger_registers_nobody(stranger_sees_nothing: StrangerSeesNothing, secured: Meeting) -> None:
    stranger_sees_nothing("POST", "meetings/{code}/participants/", secured, JOHN)
    assert not Participant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_registered_twice_at_once_one_wins(api: Api, secured: Meeting) -> None:
    answers: list[Any] = race(*[lambda: register(api, secured, JOHN)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert Participant.objects.count() == 1


def test_spaces_around_a_name_do_not_count_and_around_an_address_are_wrong(
    api: Api, secured: Meeting
) -> None:
    name = " " * 300 + "x" * 100 + " "
    assert register(api, secured, {**JOHN, "display_name": name}).json()["display_name"] == "x" * 100
    other = {**JOHN, "external_user_id": "other"}
    assert register(api, secured, {**other, "email": " john@example.com"}).status_code == 400
