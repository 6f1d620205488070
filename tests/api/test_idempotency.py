import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from api.models import RETENTION, StoredResponse
from api.tasks import prune_stored_responses
from api.v1 import new_meeting
from api.v1.scope import CustomerViewSet
from billing import ledger
from billing.models import CreditAccount
from customers.models import Customer, issue
from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import KeyClock
from tests.conftest import ROUNDS, UNKNOWN_CODE, Api, FakeLiveKit, race
from upclass.locks import try_lock

KEY = "b7f9b2f0-0000-4000-8000-5d8e2c6a1f3e"
JOHN = {"display_name": "John Doe", "external_user_id": "user-123"}


def post(api: Api, path: str = "meetings/", body: Any = b"{}", key: str = KEY) -> Any:
    return api.client.generic(
        "POST",
        f"/api/v1/{path}",
        body if isinstance(body, bytes) else str(body).replace("'", '"').encode(),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def age_by(age: timedelta) -> None:
    StoredResponse.objects.update(created_at=timezone.now() - age)


def is_replayed(response: Any) -> bool:
    return "Idempotent-Replayed" in response.headers


# The same request again


def test_a_request_sent_again_is_answered_the_same_byte_for_byte(api: Api) -> None:
    first, again = post(api), post(api)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Content-Type"] == again["Content-Type"]
    assert again["Idempotent-Replayed"] == "true"
    assert not is_replayed(first)
    assert Meeting.objects.count() == 1


def test_without_a_key_nothing_is_kept(api: Api) -> None:
    assert api.post("meetings/").json() != api.post("meetings/").json()
    assert not StoredResponse.objects.exists()


def test_another_key_is_another_request(api: Api) -> None:
    assert post(api, key="1").json() != post(api, key="2").json()


def test_registering_again_answers_the_same(api: Api, secured: Meeting) -> None:
    answers = [post(api, f"meetings/{secured.code}/participants/", JOHN) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert Participant.objects.count() == 1


def test_cancelling_again_answers_the_same_whatever_happened_since(api: Api, meeting: Meeting) -> None:
    first = post(api, f"meetings/{meeting.code}/cancel/")
    Meeting.objects.update(cancelled_at=None, ended_at=timezone.now())
    again = post(api, f"meetings/{meeting.code}/cancel/")
    assert (again.status_code, again.content) == (200, first.content)


def test_the_answer_is_the_first_one_even_when_it_would_be_another_now(api: Api) -> None:
    first = post(api)
    CreditAccount.objects.update(balance=0)
    assert post(api).content == first.content


def test_the_way_an_answer_was_asked_to_be_written_is_kept(api: Api) -> None:
    api.client.defaults["HTTP_ACCEPT"] = "application/json; indent=4"
    first = post(api)
    del api.client.defaults["HTTP_ACCEPT"]
    assert b"\n    " in first.content
    assert post(api).content == first.content


def test_any_key_of_the_customer_gets_the_kept_answer(api: Api, customer: Customer) -> None:
    other = Api(str(issue(customer)[1]))
    assert post(api).content == post(other).content


@pytest.mark.parametrize(
    "written", ["meetings/{}/cancel", "meetings/{}/cancel/", "meetings/{}/cancel/?again=1"]
)
@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_a_path_is_the_same_however_it_is_written(
    api: Api, meeting: Meeting, written: str, case: Callable[[str], str]
) -> None:
    post(api, f"meetings/{meeting.code}/cancel/")
    assert is_replayed(post(api, written.format(case(meeting.code))))


def test_another_path_is_another_request(api: Api, meeting: Meeting, secured: Meeting) -> None:
    post(api, f"meetings/{meeting.code}/cancel/")
    other = post(api, f"meetings/{secured.code}/cancel/")
    assert not is_replayed(other)
    assert other.json()["meeting_code"] == secured.code


# Other bytes


@pytest.mark.parametrize("body", [b"", b"{ }", b'{"topic": "Other"}'])
def test_a_key_with_other_bytes_in_the_body_is_refused(api: Api, body: bytes) -> None:
    post(api)
    response = post(api, body=body)
    assert response.status_code == 422
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "Idempotency key reused"
    assert response.json()["code"] == "idempotency_key_reused"
    assert Meeting.objects.count() == 1


def test_a_body_that_nobody_can_read_is_refused_before_its_key_is_looked_at(api: Api) -> None:
    post(api)
    assert post(api, body=b"{").status_code == 400


def test_other_bytes_leave_the_first_answer_as_it_was(api: Api) -> None:
    first = post(api)
    post(api, body=b"{ }")
    assert post(api).content == first.content


# Keys


@pytest.mark.parametrize("key", ["k", "k" * 255, "!", "~", 'a "quoted", key; q=1'])
def test_a_key_is_any_printable_text(api: Api, key: str) -> None:
    assert post(api, key=key).status_code == 201
    assert is_replayed(post(api, key=key))


@pytest.mark.parametrize("key", ["", " ", "\t", "k" * 256, "ключ", "é", "a\tb", "a\x7fb", "\0"])
def test_what_is_no_key_is_refused_with_a_sentence(api: Api, key: str) -> None:
    response = post(api, key=key)
    assert response.status_code == 400
    assert response.json()["fields"] == {"Idempotency-Key": ["Must be 1 to 255 printable ASCII characters."]}
    assert not Meeting.objects.exists()


def test_space_around_a_key_is_none_of_it(api: Api) -> None:
    post(api, key=KEY)
    assert is_replayed(post(api, key=f" {KEY}\t"))


def test_a_wrong_key_comes_after_the_meeting_and_the_size(api: Api) -> None:
    assert post(api, f"meetings/{UNKNOWN_CODE}/cancel/", key="").status_code == 404
    assert post(api, body=b" " * (2**20 + 1), key="").status_code == 413


def test_other_methods_have_no_use_for_a_key(api: Api) -> None:
    assert api.client.get("/api/v1/meetings/", headers={"Idempotency-Key": ""}).status_code == 200


# What leaves the key free


def test_a_request_that_was_wrong_leaves_the_key_free(api: Api) -> None:
    assert post(api, body={"topic": 5}).status_code == 400
    assert post(api, body={"topic": "5"}).status_code == 201


def test_missing_credits_leave_the_key_free(api: Api) -> None:
    CreditAccount.objects.update(balance=0)
    assert post(api).status_code == 402
    CreditAccount.objects.update(balance=1)
    assert post(api).status_code == 201


def test_a_conflict_leaves_the_key_free(api: Api, person: Participant) -> None:
    path = f"meetings/{person.meeting.code}/participants/"
    assert post(api, path, JOHN).status_code == 409
    Participant.objects.update(removed_at=timezone.now())
    response = post(api, path, JOHN)
    assert response.status_code == 201
    assert not is_replayed(response)


def test_a_crash_after_the_effect_undoes_it_and_leaves_the_key_free(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(new_meeting.CreatedSerializer, "to_representation", lambda *unused: 1 / 0)
        assert post(api).status_code == 500
    assert not Meeting.objects.exists()
    assert post(api).status_code == 201


def test_an_answer_older_than_a_day_is_forgotten(api: Api) -> None:
    first = post(api)
    age_by(RETENTION)
    second = post(api)
    assert not is_replayed(second)
    assert second.json() != first.json()
    assert post(api).content == second.content


def test_an_answer_is_kept_for_a_day(api: Api) -> None:
    post(api)
    age_by(RETENTION - timedelta(minutes=1))
    assert is_replayed(post(api))


# Who may


def test_the_key_of_a_stranger_is_another(api: Api, stranger_api: Api) -> None:
    theirs, ours = post(stranger_api), post(api)
    assert not is_replayed(ours)
    assert ours.json()["customer"] != theirs.json()["customer"]
    assert post(stranger_api).content == theirs.content
    assert post(api).content == ours.content


def test_a_stranger_gets_no_kept_answer_about_a_meeting(
    api: Api, stranger_api: Api, meeting: Meeting
) -> None:
    post(api, f"meetings/{meeting.code}/cancel/")
    assert post(stranger_api, f"meetings/{meeting.code}/cancel/").status_code == 404


def test_a_kept_answer_is_given_only_to_whom_has_a_key(api: Api, key_clock: KeyClock) -> None:
    post(api)
    assert post(Api("upk_abcdefghij_nobody")).status_code == 401
    Customer.objects.update(is_active=False)
    key_clock.seconds += 1
    assert post(api).status_code == 403


def test_what_is_kept_shows_no_join_link(api: Api, secured: Meeting) -> None:
    answer = post(api, f"meetings/{secured.code}/participants/", JOHN)
    token = answer.json()["join_url"].partition("token=")[2]
    assert token
    assert token.encode() not in bytes(StoredResponse.objects.get().encrypted_body)


def test_a_response_that_a_former_secret_encrypted_is_not_worked_out_anew(api: Api, settings: Any) -> None:
    post(api)
    settings.JOIN_SECRET = "another"
    response = post(api)
    assert response.status_code == 409
    assert response.json()["code"] == "answer_unreadable"
    assert Meeting.objects.count() == 1


# Sweeping


def test_what_is_older_than_a_day_is_deleted(api: Api) -> None:
    post(api, key="old")
    age_by(RETENTION)
    post(api, key="new")
    prune_stored_responses()
    assert [kept.key for kept in StoredResponse.objects.all()] == ["new"]


def test_deleting_is_one_of_the_jobs_that_beat_starts() -> None:
    schedule: Any = django_settings.CELERY["beat_schedule"]
    assert prune_stored_responses.name in [entry["task"] for entry in schedule.values()]


@pytest.mark.django_db(transaction=True)
def test_deleting_runs_once_at_a_time(api: Api) -> None:
    post(api)
    age_by(RETENTION)
    with try_lock("prune_stored_responses"):
        race(prune_stored_responses)
        assert StoredResponse.objects.exists()
    prune_stored_responses()
    assert not StoredResponse.objects.exists()


# Every POST


class NewViewSet(CustomerViewSet):
    """As somebody might write one tomorrow."""

    def create(self, request: Request) -> Response:
        Meeting.objects.create(customer=self.customer, created_at=timezone.now())
        return Response({}, status=int(request.headers["Status"]))


def ask_new_viewset(key: str, status: int) -> Any:
    headers = {"X-API-KEY": key, "Idempotency-Key": KEY, "Status": str(status)}
    view = NewViewSet.as_view({"post": "create"})
    return view(APIRequestFactory().post("/api/v1/new/", headers=headers))


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_viewset_gets_it_without_asking(customer: Customer, status: int) -> None:
    key = str(issue(customer)[1])
    first, again = ask_new_viewset(key, status), ask_new_viewset(key, status)
    assert (first.status_code, again.status_code) == (status, status)
    assert is_replayed(again)
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("status", [302, 404, 409, 503])
def test_an_answer_that_is_no_success_undoes_the_effect_also_when_it_was_returned(
    customer: Customer, status: int
) -> None:
    key = str(issue(customer)[1])
    assert ask_new_viewset(key, status).status_code == status
    assert not Meeting.objects.exists()
    assert not is_replayed(ask_new_viewset(key, 201))


def test_no_request_asks_livekit_while_its_transaction_is_open(
    api: Api, secured: Meeting, fake_livekit: FakeLiveKit
) -> None:
    code = secured.code
    for path, body in (("meetings/", {}), (f"meetings/{code}/participants/", JOHN)):
        assert post(api, path, body).status_code == 201
    assert post(api, f"meetings/{code}/cancel/").status_code == 200
    assert fake_livekit.asked == []


# Races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", ROUNDS)
def test_of_sixteen_at_once_one_takes_effect(customer: Customer, _round: int) -> None:
    key = str(issue(customer)[1])
    answers: list[Any] = race(*[lambda: post(Api(key))] * 16)
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(waiting) == 16
    assert len({answer.content for answer in done}) == 1
    assert len([answer for answer in done if not is_replayed(answer)]) == 1
    assert Meeting.objects.count() == StoredResponse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_running_the_second_is_refused_with_a_retry_after(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(issue(customer)[1])
    meanwhile: list[Any] = []
    require_credits = ledger.require_credits

    def slow(payer: Customer) -> Decimal:
        monkeypatch.setattr(ledger, "require_credits", require_credits)
        meanwhile.extend(race(lambda: post(Api(key)), lambda: post(Api(key), key="another")))
        return require_credits(payer)

    monkeypatch.setattr(ledger, "require_credits", slow)
    first = post(Api(key))
    second, another = meanwhile
    assert (first.status_code, second.status_code, another.status_code) == (201, 409, 201)
    assert second["Retry-After"] == "1"
    assert second.json()["error"] == "Request in progress"
    assert second.json()["code"] == "request_in_progress"
    assert post(Api(key)).content == first.content


# Killed in the middle


KILLED = """
import os, signal, sys
import django
django.setup()
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

key, idempotency_key, moment = sys.argv[1:]
commit = BaseDatabaseWrapper.commit

def die(self):
    if moment == "after the commit":
        commit(self)
    os.kill(os.getpid(), signal.SIGKILL)

BaseDatabaseWrapper.commit = die
headers = {"X-API-KEY": key, "Idempotency-Key": idempotency_key, "Host": "127.0.0.1"}
answer = Client().post("/api/v1/meetings/", b"{}", "application/json", headers=headers)
sys.exit(f"still alive: {answer.status_code}")
"""


def post_and_be_killed(key: str, moment: str) -> None:
    """A process of its own sends the request and is killed before or after its commit."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "DJANGO_SETTINGS_MODULE": "upclass.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, key, KEY, moment],
        env=environment,
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def wait_until_the_dead_are_gone() -> None:
    """The table is free once PostgreSQL has ended the transaction of whoever died."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30s'")
        cursor.execute("LOCK TABLE api_storedresponse IN ACCESS EXCLUSIVE MODE")


@pytest.mark.django_db(transaction=True)
def test_who_dies_before_the_commit_leaves_neither_effect_nor_answer(customer: Customer) -> None:
    key = str(issue(customer)[1])
    post_and_be_killed(key, "before the commit")
    wait_until_the_dead_are_gone()
    assert not Meeting.objects.exists()
    assert not StoredResponse.objects.exists()
    response = post(Api(key))
    assert response.status_code == 201
    assert not is_replayed(response)


@pytest.mark.django_db(transaction=True)
def test_who_dies_after_the_commit_leaves_both(customer: Customer) -> None:
    key = str(issue(customer)[1])
    post_and_be_killed(key, "after the commit")
    response = post(Api(key))
    assert response.status_code == 201
    assert is_replayed(response)
    assert response.json()["meeting_code"] == Meeting.objects.get().code
