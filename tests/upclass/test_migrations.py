"""Tables and columns that were renamed: rows, permissions and the ledger's guard survive both ways."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)

FORMER = {
    "api": "0001",
    "join": "0001",
    "billing": "0003",
    "feedback": "0001",
    "inbox": "0002",
    "recordings": "0001",
    "participants": "0006",  # last, for the others build on it
}
# Of a recording of the former version: its status, which of its columns are set, and its state now.
STATES: list[tuple[str, dict[str, Any], str]] = [
    ("pending", {}, "queued"),
    ("pending", {"asked_at": NOON}, "requested"),
    ("pending", {"asked_at": NOON, "egress_id": "EG_1"}, "starting"),
    ("pending", {"egress_id": "EG_2"}, "starting"),  # reported after it was taken for refused
    ("recording", {"egress_id": "EG_3", "missed_at": NOON}, "recording"),
    ("processing", {"egress_id": "EG_4", "stop_asked_at": NOON}, "ending"),
    ("processing", {"egress_id": "EG_5", "finished_at": NOON}, "storing"),
    ("completed", {"egress_id": "EG_6", "finished_at": NOON}, "completed"),
    ("failed", {"failed_at": NOON}, "failed"),
    ("dropped", {}, "dropped"),
]


def migrate(targets: dict[str, str]) -> None:
    for app, name in targets.items():
        call_command("migrate", app, name, verbosity=0)


def models() -> Callable[[str, str], Any]:
    """Finds a model, by app and name, as the database is now."""
    loader = MigrationExecutor(connection).loader
    return loader.project_state(list(loader.applied_migrations)).apps.get_model


@pytest.fixture
def former() -> Iterator[None]:
    """A database of the former version; afterwards it is as it was."""
    try:
        migrate(FORMER)
        yield
    finally:
        call_command("migrate", verbosity=0)


def fill(model: Callable[[str, str], Any]) -> dict[str, int]:
    """One row of each table and a recording in each state; the rows' primary keys."""
    customer = model("customers", "Customer").objects.create(slug="acme")
    of = {"customer": customer, "created_at": NOON}
    meeting = model("meetings", "Meeting").objects.create(**of)
    person = model("participants", "Participant").objects.create(meeting=meeting, created_at=NOON)
    of_both = {"meeting": meeting, "participant": person, "created_at": NOON}
    seen = {"joined_at": NOON, "last_seen_at": NOON, "unsettled_since": NOON, "missed_looks": 1}
    entry = {"kind": "grant", "amount": 5, "balance_after": 5}
    rows = {
        "stay": model("participants", "Stay").objects.create(**of_both, **seen, sid="PA_1"),
        "debt": model("feedback", "Debt").objects.create(**of_both, customer=customer),
        "answer": model("feedback", "Answer").objects.create(**of_both, rating=5, comments="Fine."),
        "account": model("billing", "Account").objects.create(customer=customer, balance=5),
        "entry": model("billing", "Entry").objects.create(**of, **entry),
        "event": model("inbox", "Event").objects.create(event_id="EV_1", body={}, received_at=NOON),
    }
    request = {"key": "k", "method": "POST", "path": "/", "body_digest": "d", "status": 201, "sealed": b"s"}
    rows["kept answer"] = model("api", "KeptAnswer").objects.create(**of, **request)
    rows["wrong try"] = model("join", "WrongTry").objects.create(
        meeting=meeting, place="::1", created_at=NOON
    )
    for number, (status, facts, _) in enumerate(STATES):
        its = model("meetings", "Meeting").objects.create(**of, code=f"{number}")
        take = {"meeting": its, "recorder": person, "try_after": NOON, "created_at": NOON, "uid": str(number)}
        model("recordings", "Take").objects.create(**take, status=status, **facts)
    return {name: row.pk for name, row in rows.items()}


NOW: dict[str, tuple[str, str, dict[str, Any]]] = {
    "stay": ("participants", "Connection", {"missed_polls": 1, "sid": "PA_1"}),
    "debt": ("feedback", "FeedbackRequest", {"waived_at": None}),
    "answer": ("feedback", "Feedback", {"rating": 5}),
    "account": ("billing", "CreditAccount", {"balance": 5}),
    "entry": ("billing", "LedgerEntry", {"amount": 5}),
    "event": ("inbox", "InboundWebhook", {"event_id": "EV_1"}),
    "kept answer": ("api", "StoredResponse", {"key": "k", "encrypted_body": b"s"}),
    "wrong try": ("join", "FailedAttempt", {"network": "::1"}),
}


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_rows_of_the_former_tables_are_in_the_new_ones(former: None) -> None:
    keys = fill(models())
    call_command("migrate", verbosity=0)
    for name, (app, model, facts) in NOW.items():
        assert models()(app, model).objects.get(**facts).pk == keys[name]
    recordings = models()("recordings", "Recording").objects.order_by("pk")
    assert [one.state for one in recordings] == [state for _, _, state in STATES]
    assert [bool(one.missing_since) for one in recordings] == ["missed_at" in facts for _, facts, _ in STATES]


def test_they_go_back_as_they_were(former: None) -> None:
    keys = fill(models())
    call_command("migrate", verbosity=0)
    migrate(FORMER)
    takes = models()("recordings", "Take").objects.order_by("pk")
    assert [take.status for take in takes] == [status for status, _, _ in STATES]
    assert [bool(take.stop_asked_at) for take in takes] == [
        "stop_asked_at" in facts for _, facts, _ in STATES
    ]
    assert models()("participants", "Stay").objects.get(missed_looks=1).pk == keys["stay"]


def test_new_rows_continue_the_numbers_of_the_former_ones(former: None) -> None:
    keys = fill(models())
    call_command("migrate", verbosity=0)
    webhook = models()("inbox", "InboundWebhook")
    assert webhook.objects.create(event_id="EV_2", body={}, received_at=NOON).pk == keys["event"] + 1


# What the code gave a name: constraints, indexes, triggers and a function.
FORMER_NAMES = {
    "one_running_take_per_meeting",
    "unfinished_takes",
    "failed_takes",
    "open_stays",
    "stays_by_leaving",
    "unsettled_stays",
    "one_answer_per_meeting",
    "one_debt_per_meeting",
    "debts_at_the_door",
    "news_to_apply",
    "news_applied",
    "one_answer_per_key",
    "wrong_tries_by_place",
    "wrong_tries_by_meeting",
    "wrong_tries_by_age",
    "entries_newest_first",
    "entries_of_a_month",
    "billing_entry_append_only",
    "billing_entry_not_emptied",
    "billing_entry_is_append_only",
}


def names() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class UNION SELECT conname FROM pg_constraint"
            " UNION SELECT tgname FROM pg_trigger UNION SELECT proname FROM pg_proc"
        )
        return {name for (name,) in cursor.fetchall()}


def test_what_has_a_name_of_ours_is_renamed_both_ways(former: None) -> None:
    assert names() >= FORMER_NAMES
    call_command("migrate", verbosity=0)
    assert not names() & FORMER_NAMES
    migrate(FORMER)
    assert names() >= FORMER_NAMES


@pytest.mark.database_errors
def test_the_ledger_is_append_only_both_ways(former: None) -> None:
    fill(models())
    for table in ("billing_entry", "billing_ledgerentry"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"UPDATE {table} SET amount = 6")
        call_command("migrate", verbosity=0)


def test_whoever_might_see_takes_may_see_recordings(former: None) -> None:
    colleague = User.objects.create_user("colleague", is_staff=True)
    colleague.user_permissions.set(
        Permission.objects.filter(codename__in=["view_take", "add_entry", "change_debt", "view_answer"])
    )
    call_command("migrate", verbosity=0)
    assert User.objects.get(pk=colleague.pk).get_all_permissions() == {
        "recordings.view_recording",
        "billing.add_ledgerentry",
        "feedback.change_feedbackrequest",
        "feedback.view_feedback",
    }
