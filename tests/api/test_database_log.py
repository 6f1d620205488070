"""Ordinary refusals leave nothing in PostgreSQL's log: a failed statement stands there with all its data."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from participants.models import Participant
from tests import postgres_log
from tests.conftest import Api, race

JANE = {"display_name": "Jane", "external_user_id": "jane", "email": "jane@example.com"}


def test_an_error_would_be_found_there(person: Participant) -> None:
    start = postgres_log.position()
    person.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        person.save(force_insert=True)
    [line] = postgres_log.errors_since(start)
    assert "duplicate key" in line


@pytest.mark.usefixtures("no_database_errors")
def test_a_doubled_registration_is_none(api: Api, person: Participant) -> None:
    path = f"meetings/{person.meeting.code}/participants/"
    statuses = [api.post(path, JANE).status_code for _ in range(2)]
    assert statuses == [201, 409]
    assert api.post("meetings/", {"is_secured": True, "participants": [JANE, JANE]}).status_code == 409


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_of_a_registration_sent_several_times_at_once_neither(
    api: Api, person: Participant, headers: dict[str, str]
) -> None:
    path = f"/api/v1/meetings/{person.meeting.code}/participants/"
    post: Any = partial(api.client.post, path, JANE, content_type="application/json", headers=headers)
    answers: list[Any] = race(*[post] * 4)
    assert sorted({answer.status_code for answer in answers}) in ([201, 409], [201])
    assert Participant.objects.filter(external_user_id="jane").count() == 1


@pytest.mark.usefixtures("no_database_errors")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "meetings/", {"topic": "x" * 256}),
        ("POST", "meetings/", {"participants": [{"external_user_id": "x" * 256}], "is_secured": True}),
        ("GET", "meetings/?limit=99999999999999999999", None),
        ("GET", "meetings/?offset=2147483647", None),
        ("GET", "account/ledger/?offset=2147483647", None),
        ("GET", "meetings/{code}/participants/" + "x" * 5000, None),
        ("GET", "meetings/{code}/participants/%00", None),
        ("DELETE", "meetings/{code}/participants/nobody", None),
        ("POST", "meetings/{code}/cancel/", {"x": "\0"}),
    ],
)
def test_what_is_refused_for_another_reason_is_none(
    api: Api, person: Participant, method: str, path: str, body: Any
) -> None:
    assert api.call(method, path.format(code=person.meeting.code), body).status_code < 500
