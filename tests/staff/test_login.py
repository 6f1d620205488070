"""Staff log in, strangers guess: what is hashed, what is counted, and who is shut out."""

import threading
from base64 import b32decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import settings as configured
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django_otp.oath import totp

from staff import login
from tests.conftest import NOON
from tests.settings import settings_with

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "correct horse battery staple"
LIMIT = configured.AXES_FAILURE_LIMIT


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)


@pytest.fixture
def ada(transactional_db: None) -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed since."""
    seen: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def count(self: Any, password: str, *more: Any) -> str:
        seen.append(password)
        return encode(self, password, *more)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", count)
    return seen


def try_password(
    username: str = "ada",
    password: str = "wrong",  # noqa: S107
    address: str = "192.0.2.1",
    **more: str,
) -> Any:
    body = {"username": username, "password": password, "next": "/admin/", **more}
    return Client(REMOTE_ADDR=address).post("/admin/login/", body)


def is_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def test_staff_log_in_by_their_password(ada: User) -> None:
    assert is_in(try_password(password=PASSWORD))


def test_a_wrong_password_is_told(ada: User) -> None:
    answer = try_password()
    assert answer.status_code == 200
    assert "Please enter the correct username and password" in answer.content.decode()


@pytest.mark.parametrize("empty", [{"username": ""}, {"password": ""}, {"username": "", "password": ""}])
def test_a_form_that_is_not_filled_in_is_shown_again(ada: User, empty: dict[str, str]) -> None:
    answer = try_password(**{"password": PASSWORD, **empty})
    assert answer.status_code == 200
    assert "Please fill in name and password." in answer.content.decode()


def test_after_so_many_wrong_passwords_nothing_more_is_hashed(ada: User, hashed: list[str]) -> None:
    for _ in range(LIMIT):
        try_password()
    before = len(hashed)
    answer = try_password(password=PASSWORD)
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    assert "15 minutes" in answer.content.decode()
    assert "Upclass Meet" in answer.content.decode()
    assert len(hashed) == before


def test_an_account_is_closed_whatever_address_guesses(ada: User) -> None:
    for number in range(LIMIT):
        try_password(address=f"192.0.2.{number}")
    assert try_password(password=PASSWORD, address="198.51.100.1").status_code == 429


def test_an_address_is_closed_whatever_account_it_guesses(ada: User) -> None:
    for number in range(LIMIT):
        try_password(username=f"somebody{number}")
    assert try_password(password=PASSWORD).status_code == 429
    assert is_in(try_password(password=PASSWORD, address="198.51.100.1"))


def test_all_addresses_of_one_household_count_as_one(ada: User) -> None:
    for number in range(LIMIT):
        try_password(username=f"somebody{number}", address=f"2001:db8::{number:x}")
    assert try_password(password=PASSWORD, address="2001:db8::ffff").status_code == 429
    assert is_in(try_password(password=PASSWORD, address="2001:db8:0:1::1"))


def test_a_right_password_forgets_the_wrong_ones(ada: User) -> None:
    for _ in range(2):
        for _ in range(LIMIT - 1):
            try_password()
        assert is_in(try_password(password=PASSWORD))


def test_a_lock_ends_by_itself_and_trying_meanwhile_does_not_prolong_it(ada: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(LIMIT):
            try_password()
        clock.shift(14 * 60)
        assert try_password(password=PASSWORD).status_code == 429
        clock.shift(61)
        assert is_in(try_password(password=PASSWORD))


def test_a_superuser_unlocks_by_deleting_the_attempts(ada: User, staff: Client) -> None:
    for _ in range(LIMIT):
        try_password(username="bob")
    attempts = [str(pk) for pk in AccessAttempt.objects.values_list("pk", flat=True)]
    body = {"action": "delete_selected", "_selected_action": attempts, "post": "yes"}
    staff.post("/admin/axes/accessattempt/", body)
    assert try_password(username="bob").status_code == 200


def test_what_strangers_guess_is_not_kept_for_ever(ada: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(LIMIT):
            try_password(username=f"somebody{number}")
        clock.shift(16 * 60)
        try_password()
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["ada"]


def test_no_password_that_was_typed_is_kept(ada: User) -> None:
    try_password(password="nearly right")
    kept = AccessAttempt.objects.values().get()
    assert "nearly right" not in str(kept)


# How much at a time


def test_only_so_many_passwords_are_hashed_at_a_time_and_others_do_not_wait(
    ada: User, hashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    free, inside = threading.Event(), threading.Semaphore(0)
    encode = PBKDF2PasswordHasher.encode

    def slow(self: Any, password: str, *more: Any) -> str:
        inside.release()
        assert free.wait(30)
        return encode(self, password, *more)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", slow)
    with ThreadPoolExecutor(login.AT_ONCE) as pool:
        busy = [pool.submit(try_password, "nobody") for _ in range(login.AT_ONCE)]
        for _ in busy:
            assert inside.acquire(timeout=30)
        refused = try_password(password=PASSWORD, address="198.51.100.1")
        free.set()
        assert all(one.result().status_code == 200 for one in busy)
    assert "Others are logging in" in refused.content.decode()
    assert is_in(try_password(password=PASSWORD, address="198.51.100.1"))


def test_a_crowd_of_guesses_hashes_no_more_than_the_limit_and_those_under_way(
    ada: User, hashed: list[str]
) -> None:
    def guess(number: int) -> Any:
        return try_password(password=f"guess {number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(64)))
    assert len(set(hashed)) <= LIMIT + login.AT_ONCE


# The second factor


@pytest.fixture
def code(ada: User, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What Ada's app shows now, by the address that the command printed."""
    call_command("staff_otp", "ada")
    [secret] = parse_qs(urlsplit(capsys.readouterr().out.strip()).query)["secret"]
    return lambda: f"{totp(b32decode(secret)):06}"


def test_who_has_a_second_factor_needs_it(ada: User, code: Callable[[], str]) -> None:
    assert "Enter the code" in try_password(password=PASSWORD).content.decode()
    assert "Enter the code" in try_password(password=PASSWORD, otp_token="000000").content.decode()


def test_its_code_lets_in(ada: User, code: Callable[[], str]) -> None:
    assert is_in(try_password(password=PASSWORD, otp_token=code()))


def test_a_code_lets_in_once(ada: User, code: Callable[[], str]) -> None:
    shown = code()
    assert is_in(try_password(password=PASSWORD, otp_token=shown))
    assert not is_in(try_password(password=PASSWORD, otp_token=shown))


def test_codes_cannot_be_guessed_one_after_the_other(ada: User, code: Callable[[], str]) -> None:
    try_password(password=PASSWORD, otp_token="000000")
    assert not is_in(try_password(password=PASSWORD, otp_token=code()))


def test_without_a_second_factor_nobody_gets_in_where_it_is_required(ada: User, settings: Any) -> None:
    settings.STAFF_OTP_REQUIRED = True
    page = try_password(password=PASSWORD).content.decode()
    assert "manage.py staff_otp" in page


def test_a_session_that_began_without_ends_when_it_becomes_required(
    ada: User, staff: Client, settings: Any
) -> None:
    assert staff.get("/admin/").status_code == 200
    settings.STAFF_OTP_REQUIRED = True
    assert staff.get("/admin/").status_code == 302


def test_with_it_staff_work_as_ever_where_it_is_required(
    ada: User, code: Callable[[], str], settings: Any
) -> None:
    settings.STAFF_OTP_REQUIRED = True
    client = Client()
    client.post("/admin/login/", {"username": "ada", "password": PASSWORD, "otp_token": code()})
    assert client.get("/admin/customers/customer/").status_code == 200


def test_another_second_factor_replaces_the_first(
    ada: User, code: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("staff_otp", "ada")
    assert not is_in(try_password(password=PASSWORD, otp_token=code()))


# Sessions


@pytest.mark.django_db
def test_a_session_ends_after_eight_hours_without_a_request() -> None:
    client = Client()
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(User.objects.create_superuser("ada"), MODEL_BACKEND)
        for _ in range(2):
            clock.shift(7 * 3600)
            assert client.get("/admin/").status_code == 200
        clock.shift(8 * 3600 + 1)
        assert client.get("/admin/").status_code == 302


def test_sessions_of_staff_go_by_tls_only_outside_of_development() -> None:
    made = settings_with(PUBLIC_URL="https://meet.example.com", DEBUG="0")
    assert (made["SESSION_COOKIE_SECURE"], made["CSRF_COOKIE_SECURE"]) == (True, True)
