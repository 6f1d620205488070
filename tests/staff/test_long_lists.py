"""Pages of the admin over tables that grow for ever cost as much as what they show."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import LedgerEntry
from customers.models import Customer
from feedback.models import Feedback, FeedbackRequest
from meetings.models import Meeting
from participants.models import Participant
from recordings.models import Recording
from staff import long_list
from tests import plans
from tests.rows import execute

ROWS = 100_000
DEAR = 1500  # in PostgreSQL's units; to read all of these rows costs twice as much, or more

TABLES = ("participants_participant", "billing_ledgerentry", "feedback_feedback", "feedback_feedbackrequest")


@pytest.fixture
def history(meeting: Meeting, customer: Customer) -> None:
    write(meeting, customer, ROWS)


def write(meeting: Meeting, customer: Customer, rows: int) -> None:
    """So many rows of each table."""
    execute(
        """INSERT INTO participants_participant (meeting_id, display_name, role, code, identity, created_at)
        SELECT %s, 'Ann', 'attendee', n, n, now() FROM generate_series(1, %s) AS n""",
        meeting.pk,
        rows,
    )
    execute(
        """INSERT INTO billing_ledgerentry (customer_id, kind, amount, balance_after, reason, created_at)
        SELECT %s, 'grant', 1, 1, '', now() FROM generate_series(1, %s) AS n""",
        customer.pk,
        rows,
    )
    execute(
        """INSERT INTO feedback_feedback
            (meeting_id, participant_id, external_user_id, rating, comments, created_at)
        SELECT meeting_id, id, identity, 5, 'x', now() FROM participants_participant"""
    )
    execute(
        """INSERT INTO feedback_feedbackrequest
            (customer_id, meeting_id, participant_id, external_user_id, created_at)
        SELECT %s, meeting_id, id, identity, now() FROM participants_participant""",
        customer.pk,
    )
    plans.analyze(Participant, LedgerEntry, Feedback, FeedbackRequest)


@pytest.mark.usefixtures("history")
def test_no_page_reads_all_that_there_ever_was(admin_client: Client) -> None:
    for table in TABLES:
        for asked in ("", "?p=2", "?all="):
            assert dear(admin_client, table, asked) == []
    page = admin_client.get("/admin/participants/participant/").content.decode()
    assert f"{long_list.MOST} participants" in page


def test_a_list_that_is_cut_says_so(
    meeting: Meeting, customer: Customer, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(meeting, customer, 1200)
    assert titled(admin_client, monkeypatch, most=1199) == [
        "Select participant to view: the newest 1,199",
        "Select feedback to view: the newest 1,199: 5.00 stars on average",
    ]
    assert titled(admin_client, monkeypatch, most=1200) == [
        "Select participant to view",
        "Select feedback to view: 5.00 stars on average",
    ]


def titled(client: Client, monkeypatch: pytest.MonkeyPatch, most: int) -> list[str]:
    monkeypatch.setattr(long_list, "MOST", most)
    pages = [client.get(f"/admin/{table}/") for table in ("participants/participant", "feedback/feedback")]
    return [page.context["cl"].title for page in pages]


def dear(client: Client, table: str, asked: str) -> list[str]:
    """What a page asks of its table, as far as it costs much."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/admin/{table.replace('_', '/')}/{asked}").status_code == 200
    selects = [query["sql"] for query in queries if f'FROM "{table}"' in query["sql"]]
    assert selects
    return [select for select in selects if plans.plan_of(select)["Total Cost"] > DEAR]


def test_recordings_are_listed_so_as_well() -> None:
    assert isinstance(admin.site.get_model_admin(Recording), long_list.LongList)
