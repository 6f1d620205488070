"""A service that has been used for long: more than a million rows, most of them of the past.

A tenth of it is of one customer; the newest are going on, with people in them, and have left work behind.
"""

from collections.abc import Mapping

from api.models import StoredResponse
from billing.models import LedgerEntry
from customers.models import Customer
from feedback.models import Feedback, FeedbackRequest
from inbox.models import InboundWebhook
from join.models import FailedAttempt
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Admission, Participant
from recordings.models import Recording
from tests.plans import analyze
from tests.rows import insert_rows, loading, meeting_code

START = 10_000_000  # keys below are left to rows that tests make
MEETINGS, PEOPLE, ADMISSIONS, ENTRIES = 200_000, 300_000, 100_000, 100_000
WEBHOOKS, SOME = 100_000, 20_000
OTHERS = 1000  # customers
GOING_ON = 1000  # of the meetings, the newest
AT_WORK = 50  # rows of each kind with which something is to be done

# By the number n of a row, from 1: the last was made now.
KEY = f"{START} + n"
CREATED = f"now() - ({MEETINGS} - m.n) * interval '2 min'"
IS_OPEN = f"m.n > {MEETINGS - GOING_ON}"
OWNER = f"CASE WHEN m.k % 10 = 2 THEN {{customer}} ELSE {START} + 1 + m.k % {OTHERS} END"
NUMBERED = f"(SELECT n, 1 + (n - 1) % {MEETINGS} FROM generate_series(1, {{number}}) n) m(k, n)"

ROWS: Mapping[type, tuple[int, dict[str, str]]] = {
    Participant: (
        PEOPLE,
        {
            "meeting_id": f"{START} + m.n",
            "external_user_id": "CASE WHEN m.n % 2 = 0 THEN 'user-' || m.k % 4999 END",
            "display_name": "'Ann'",
            "code": "upper(lpad(to_hex(m.k), 6, 'x'))",
            "identity": "md5(m.k::text)",
            "created_at": CREATED,
        },
    ),
    Admission: (ADMISSIONS, {"participant_id": f"{START} + m.k", "created_at": CREATED}),
    Connection: (
        PEOPLE,
        {
            "meeting_id": f"{START} + m.n",
            "participant_id": f"{START} + m.k",
            "sid": "'PA_' || m.k",
            "session_id": "'abcdefghijkl'",
            "joined_at": CREATED,
            "left_at": f"CASE WHEN NOT {IS_OPEN} THEN {CREATED} + interval '30 min' END",
            "last_seen_at": f"{CREATED} + interval '30 min'",
            "created_at": CREATED,
            "unsettled_since": "now()",
            "settled_version": f"CASE WHEN m.n <= {MEETINGS - AT_WORK} THEN 1 ELSE 0 END",
        },
    ),
    LedgerEntry: (
        ENTRIES,
        {
            "customer_id": OWNER,
            "kind": "'usage'",
            "amount": "-1",
            "balance_after": "1",
            "meeting_id": f"{START} + m.n",
            "seconds": "3600",
            "created_at": CREATED,
        },
    ),
    InboundWebhook: (
        WEBHOOKS,
        {
            "event_id": "'EV_' || m.k",
            "body": """'{{"event": "room_started"}}'""",
            "received_at": "now() - m.n * interval '1 min'",
            "applied_at": f"CASE WHEN m.k > {AT_WORK} THEN now() END",
        },
    ),
    Recording: (
        SOME,
        {
            "uid": "'recording-' || m.k",
            "meeting_id": f"{START} + {MEETINGS} - 10 * m.n",
            "recorder_id": f"{START} + {MEETINGS} - 10 * m.n",
            "state": f"CASE WHEN m.k <= {AT_WORK} THEN 'recording' ELSE 'completed' END",
            "egress_id": "'EG_' || m.k",
            "try_after": "now()",
            "seconds": "60",
            "size_bytes": "60",
            "created_at": CREATED,
        },
    ),
    FeedbackRequest: (
        SOME,
        {
            "meeting_id": f"{START} + 2 * m.n",
            "customer_id": OWNER,
            "external_user_id": "'user-' || 2 * m.k % 4999",
            "participant_id": f"{START} + 2 * m.n",
            "created_at": "now() - m.n * interval '3 min'",
        },
    ),
    Feedback: (
        SOME,
        {
            "meeting_id": f"{START} + 8 * m.n",
            "external_user_id": "'user-' || 8 * m.k % 4999",
            "participant_id": f"{START} + 8 * m.n",
            "rating": "5",
            "comments": "'Good'",
            "created_at": "now() - m.n * interval '3 min'",
        },
    ),
    StoredResponse: (
        SOME,
        {
            "customer_id": OWNER,
            "key": "'key ' || m.k",
            "method": "'POST'",
            "path": "'/api/v1/meetings'",
            "body_digest": "md5(m.k::text)",
            "status": "201",
            "encrypted_body": "''",
            "created_at": "now() - m.n * interval '5 s'",
        },
    ),
    FailedAttempt: (
        SOME,
        {
            "meeting_id": f"{START} + 2 * m.n",
            "network": "'192.0.2.' || m.n % 200",
            "created_at": "now() - m.n * interval '0.2 s'",
        },
    ),
}


def make_million(customer: Customer) -> None:
    """In the transaction of a test."""
    with loading(Meeting, *ROWS):
        _make_customers()
        _make_meetings(customer)
        for model, (number, columns) in ROWS.items():
            given = {name: value.format(customer=customer.pk) for name, value in columns.items()}
            keys = {} if "id" in given else {"id": f"{START} + m.k"}
            insert_rows(model, NUMBERED.format(number=number), **keys, **given)
    analyze(Customer, Meeting, *ROWS)


def _make_customers() -> None:
    source = f"generate_series(1, {OTHERS}) n"
    insert_rows(Customer, source, id=KEY, slug="'customer-' || n", created_at="now()")


def _make_meetings(customer: Customer) -> None:
    insert_rows(
        Meeting,
        NUMBERED.format(number=MEETINGS),
        id=f"{START} + m.k",
        customer_id=OWNER.format(customer=customer.pk),
        code=meeting_code("m.n"),
        is_secured="m.n % 2 = 0",
        record_on_cloud="m.n % 10 = 0",
        feedback_required="m.n % 20 = 0",
        created_at=CREATED,
        ended_at=f"CASE WHEN NOT {IS_OPEN} AND m.n % 3 > 0 THEN {CREATED} + interval '1 h' END",
        expires_at=f"CASE WHEN NOT {IS_OPEN} THEN {CREATED} + interval '2 h' END",
    )
