"""The floor: the same answers by SQL alone, without a framework. What could be left out is left out.

A statement a request (joining: two), a connection a thread; no limits, no checks but those of the statement.
"""

import hashlib
import http.client
import os
import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import orjson
import psycopg2

Answer = tuple[str, bytes]
Row = tuple[Any, ...]

PUBLIC_URL = os.environ["PUBLIC_URL"]
LETTERS = "BCDFGHJKMNPRSTVWXZ"
NOTE = "Billing starts after 10 minutes of participant time. 1 credit = 1 hour."
AS_OURS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
MINE = "JOIN customers_apikey k ON k.customer_id = m.customer_id WHERE k.prefix = %s AND k.digest = %s"
STATUS = """CASE WHEN m.ended_at IS NOT NULL THEN 'ended'
    WHEN m.cancelled_at IS NOT NULL OR m.expires_at <= now() THEN 'expired' ELSE 'active' END"""
LISTED = f"""m.code, m.topic, {STATUS}, m.is_secured, m.record_on_cloud, m.feedback_required,
    m.created_at, m.start_date_time, m.expires_at"""

DETAIL = f"""SELECT {LISTED}, m.ended_at, m.max_participants,
    (SELECT count(DISTINCT c.participant_id) FROM participants_connection c WHERE c.meeting_id = m.id),
    u.seconds, u.credits
FROM meetings_meeting m CROSS JOIN LATERAL (
    SELECT coalesce(sum(seconds), 0) seconds, coalesce(-sum(amount), 0)::float8 credits
    FROM billing_ledgerentry WHERE meeting_id = m.id AND kind = 'usage') u {MINE} AND m.code = %s"""

LIST = f"""WITH k AS MATERIALIZED (SELECT customer_id FROM customers_apikey WHERE prefix = %s AND digest = %s)
SELECT {LISTED}, (SELECT count(*) FROM meetings_meeting WHERE customer_id = (SELECT customer_id FROM k))
FROM meetings_meeting m WHERE customer_id = (SELECT customer_id FROM k)
ORDER BY created_at DESC, id DESC LIMIT %s"""

CREATE = """INSERT INTO meetings_meeting (customer_id, code, topic,
    is_secured, record_on_cloud, feedback_required, max_participants, start_date_time, expires_at, created_at)
SELECT k.customer_id, %s, %s, false, false, false, 50, %s, %s, %s FROM customers_apikey k
JOIN billing_creditaccount a USING (customer_id) WHERE k.prefix = %s AND k.digest = %s AND a.balance > 0
RETURNING (SELECT slug FROM customers_customer WHERE id = customer_id),
    (SELECT balance::float8 FROM billing_creditaccount WHERE customer_id = meetings_meeting.customer_id)"""

# The balance in the answer that is kept is not the one in the answer: a floor need not be right.
CREATE_ONCE = f"""WITH made AS ({CREATE}), kept AS (
    INSERT INTO api_storedresponse
        (customer_id, key, method, path, body_digest, status, encrypted_body, created_at)
    SELECT customer_id, %s, 'POST', '/api/v1/meetings', %s, 201, %s, now()
    FROM customers_apikey WHERE prefix = %s)
SELECT * FROM made"""

WHO = """SELECT p.id, p.display_name, p.role FROM participants_participant p
JOIN meetings_meeting m ON m.id = p.meeting_id JOIN billing_creditaccount a USING (customer_id)
WHERE m.code = %s AND p.identity = %s AND p.removed_at IS NULL AND p.barred_at IS NULL AND a.balance > 0
    AND m.ended_at IS NULL AND m.cancelled_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > now())"""
ADMIT = """INSERT INTO participants_admission (participant_id, created_at, visit, network)
VALUES (%s, date_trunc('second', now()), '', '') RETURNING id"""


class PerThread(threading.local):
    """Connections that are kept."""

    def __init__(self) -> None:
        database = psycopg2.connect(os.environ["DATABASE_URL"])
        database.autocommit = True
        self.cursor = database.cursor()
        self.livekit = http.client.HTTPConnection(urlsplit(os.environ["LIVEKIT_URL"]).netloc)


mine = PerThread()


def rows(statement: str, *values: object) -> list[Row]:
    mine.cursor.execute(statement, values)
    return mine.cursor.fetchall()


def key(environ: dict[str, Any]) -> tuple[str, str]:
    _, prefix, secret = environ["HTTP_X_API_KEY"].split("_")
    return prefix, hashlib.sha256(secret.encode()).hexdigest()


def listed(row: Row) -> dict[str, Any]:
    code, topic, status, is_secured, is_recorded, has_feedback, created_at, starts_at, expires_at = row[:9]
    return {
        "meeting_code": code,
        "join_url": f"{PUBLIC_URL}/{code}/",
        "topic": topic,
        "status": status,
        "is_secured": is_secured,
        "record_on_cloud": is_recorded,
        "feedback_required": has_feedback,
        "recording_status": None,
        "created_at": created_at,
        "start_date_time": starts_at,
        "expires_at": expires_at,
    }


def detail(environ: dict[str, Any]) -> Answer:
    [row] = rows(DETAIL, *key(environ), environ["PATH_INFO"].split("/")[4])
    rest = {
        "ended_at": row[9],
        "participant_count": row[11],
        "recording": None,
        "max_participants": row[10],
        "billed_seconds": row[12],
        "credits_used": row[13],
    }
    return "200 OK", orjson.dumps({**listed(row), **rest}, option=AS_OURS)


def many(environ: dict[str, Any]) -> Answer:
    limit = int(parse_qs(environ["QUERY_STRING"])["limit"][0])
    found = rows(LIST, *key(environ), limit)
    body = {"meetings": [listed(row) for row in found], "count": found[0][9], "limit": limit, "offset": 0}
    return "200 OK", orjson.dumps(body, option=AS_OURS)


def create(environ: dict[str, Any]) -> Answer:
    text = environ["wsgi.input"].read()
    body = orjson.loads(text)
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    now = datetime.now(UTC)
    times = body.get("start_date_time"), body.get("expires_at"), now
    values = (code, body.get("topic", ""), *times, *key(environ))
    once = environ.get("HTTP_IDEMPOTENCY_KEY")
    answer = created(code, body, now)
    if once:
        digest = hashlib.sha256(text).hexdigest()
        kept = orjson.dumps(answer, option=AS_OURS)
        [(slug, balance)] = rows(CREATE_ONCE, *values, once, digest, kept, key(environ)[0])
    else:
        [(slug, balance)] = rows(CREATE, *values)
    return "201 Created", orjson.dumps(
        {**answer, "customer": slug, "credits_balance": balance}, option=AS_OURS
    )


def created(code: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "meeting_code": code,
        "join_url": f"{PUBLIC_URL}/{code}/",
        "topic": body.get("topic", ""),
        "is_secured": False,
        "record_on_cloud": False,
        "feedback_required": False,
        "created_at": now,
        "start_date_time": body.get("start_date_time"),
        "expires_at": body.get("expires_at"),
        "customer": "",
        "credits_balance": 0,
        "billing_info": {"note": NOTE, "min_billable_minutes": 10},
        "max_participants": 50,
    }


def door(environ: dict[str, Any]) -> Answer:
    code = environ["PATH_INFO"].strip("/")
    identity = parse_qs(environ["QUERY_STRING"])["token"][0].split(".")[0]
    [(person, name, role)] = rows(WHO, code, identity)
    [(admission,)] = rows(ADMIT, person)
    create_room(code)
    attributes = {"meeting": code, "participant": str(person), "role": role, "admission": str(admission)}
    token = call_token(code, identity, name, attributes)
    body = {"url": os.environ["LIVEKIT_URL"], "token": token, "expiresIn": None}
    return "200 OK", orjson.dumps(body)


def create_room(code: str) -> None:
    """By protobuf: field 1 is the name."""
    headers = {"Content-Type": "application/protobuf", "Authorization": "Bearer none"}
    body = b"\x0a" + bytes([len(code)]) + code.encode()
    try:
        mine.livekit.request("POST", "/twirp/livekit.RoomService/CreateRoom", body, headers)
        mine.livekit.getresponse().read()
    except (http.client.HTTPException, OSError):  # it was closed, for nobody had asked for a while
        mine.livekit.close()
        create_room(code)


def call_token(code: str, identity: str, name: str, attributes: dict[str, str]) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": os.environ["LIVEKIT_API_KEY"],
        "sub": identity,
        "name": name,
        "nbf": now,
        "exp": now + timedelta(minutes=5),
        "attributes": attributes,
        "video": {"roomJoin": True, "room": code, "canPublish": True, "canSubscribe": True},
    }
    return jwt.encode(claims, os.environ["LIVEKIT_API_SECRET"], "HS256")


def handler(environ: dict[str, Any]) -> Callable[[dict[str, Any]], Answer]:
    path = environ["PATH_INFO"]
    if not path.startswith("/api/"):
        return door
    if path != "/api/v1/meetings/":
        return detail
    return create if environ["REQUEST_METHOD"] == "POST" else many


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/healthz":
        status, body = "200 OK", b"ok"
    else:
        status, body = handler(environ)(environ)
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
