"""What strangers may cost the running service: the bounds of docs/architecture.md, on real parts."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

import psycopg2
import pytest

from local.stack import Stack
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.knocking import knock
from tests.e2e.stacks import wait_for

STRANGER = "127.0.0.2"  # not where other tests log in from
MEBIBYTE = 1024 * 1024


NAMED = """SELECT connection.admission_id, admission.id FROM participants_connection connection
    JOIN meetings_meeting meeting ON meeting.id = connection.meeting_id
    JOIN participants_admission admission ON admission.participant_id = connection.participant_id
    WHERE meeting.code = %s"""


def rows(stack: Stack, sql: str, *values: str) -> list[tuple[Any, ...]]:
    with psycopg2.connect(stack.env["DATABASE_URL"]) as database, database.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def send(stack: Stack, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    address = urlsplit(stack.env["PUBLIC_URL"]).netloc
    link = http.client.HTTPConnection(address, timeout=60, source_address=(STRANGER, 0))
    link.request("POST", path, body, headers)
    answer = link.getresponse()
    found = answer.status, answer.read()
    link.close()
    return found


def test_a_connection_names_the_admission_it_came_by(
    stack: Stack, integrator: Integrator, crowd: Crowd
) -> None:
    """LiveKit reports the token's attributes; so no clocks need be compared to know whose seat is free."""
    made = integrator.create(topic="Named")
    crowd.join(made["join_url"], "Ann")
    [(named, admission)] = wait_for(lambda: rows(stack, NAMED, made["meeting_code"]), 20, "nobody connected")
    assert named == admission


def test_one_address_does_not_fill_an_open_meeting(stack: Stack, integrator: Integrator) -> None:
    url = integrator.create(topic="Besieged", max_participants=50)["join_url"]

    def come(number: int) -> int:
        try:
            knock(url, f"Guest {number}")
        except HTTPError as refused:
            return refused.code
        return 200

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(come, range(30)))
    assert sorted(answers) == [200] * 20 + [429] * 10


def test_a_crowd_that_guesses_passwords_is_shut_out_and_the_service_goes_on(
    stack: Stack, integrator: Integrator
) -> None:
    token = "a" * 32
    headers = {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}

    def is_shut_out(number: int) -> bool:
        fields = {"csrfmiddlewaretoken": token, "username": "root", "password": f"guess {number}"}
        return send(stack, "/admin/login/", urlencode(fields).encode(), headers)[0] == 429

    def guess(number: int) -> None:
        wait_for(lambda: is_shut_out(number), 120, "guessing goes on")

    with ThreadPoolExecutor(16) as pool:
        guesses = [pool.submit(guess, number) for number in range(16)]
        integrator.create(topic="Meanwhile")
        for one in guesses:
            one.result()
    [(counted,)] = rows(
        stack, "SELECT sum(failures_since_start) FROM axes_accessattempt WHERE username = 'root'"
    )
    assert counted <= 10 + 2  # and those that were being hashed


def test_a_file_of_any_size_is_refused(stack: Stack) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": f"csrftoken={'a' * 32}"}
    for size in (10, 3 * MEBIBYTE // 2):
        assert send(stack, "/language/", head + b"x" * size, headers)[0] == 413


@pytest.mark.parametrize("charset", ["undefined", "hex"])
def test_an_odd_charset_is_an_error_of_the_usual_shape(
    integrator: Integrator, stack: Stack, charset: str
) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}", "X-API-KEY": integrator.key}
    status, body = send(stack, "/api/v1/meetings/?limit=5", b"{}", headers)
    assert (status, json.loads(body)["code"]) == (415, "unsupported_media_type")
