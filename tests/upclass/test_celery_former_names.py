"""Tasks that were queued by the former version run under their former names, for one release."""

from typing import Any

import pytest

from upclass.celery import app

NAMES = {
    "api.tasks.prune_kept_answers": "api.tasks.prune_stored_responses",
    "recordings.tasks.start": "recordings.tasks.request_egress",
    "recordings.tasks.stop": "recordings.tasks.stop_recording",
    "recordings.tasks.save": "recordings.tasks.confirm_stored",
    "recordings.tasks.sweep": "recordings.tasks.sweep_recordings",
    "feedback.tasks.write_debts": "feedback.tasks.create_feedback_requests",
    "inbox.tasks.apply_event": "inbox.tasks.apply_webhook",
    "inbox.tasks.apply_kept_news": "inbox.tasks.apply_pending_webhooks",
    "inbox.tasks.prune_applied_news": "inbox.tasks.prune_applied_webhooks",
}


def function(task: Any) -> object:
    """What a task runs."""
    return task.run.__wrapped__ if hasattr(task.run, "__wrapped__") else task.run


@pytest.mark.parametrize("former", NAMES)
def test_a_former_name_runs_the_same_function(former: str) -> None:
    app.loader.import_default_modules()
    old, new = app.tasks[former], app.tasks[NAMES[former]]
    assert function(old) == function(new)
    assert old.name == former


def test_nothing_is_queued_under_a_former_name() -> None:
    assert not {job["task"] for job in app.conf.beat_schedule.values()} & NAMES.keys()
