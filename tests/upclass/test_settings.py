import re
from typing import Any

from django.conf import settings

from local.env import ROOT
from local.stack import SETTINGS


def test_settings_stack_and_documentation_name_the_same_variables() -> None:
    """One missing in the stack would not reach `.run/env`, nor one missing in the docs anybody."""
    code = (ROOT / "upclass" / "settings.py").read_text()
    read = set(re.findall(r'(?:text|flag|listed|number)\("([A-Z0-9_]+)"', code))
    document = (ROOT / "docs" / "architecture.md").read_text()
    table = document.split("## Settings")[1]
    documented = {
        name
        for row in re.findall(r"^\| (.*?) \|", table, re.MULTILINE)
        for name in re.findall("`([A-Z0-9_]+)`", row)
    }
    assert read == set(SETTINGS) == documented


def test_every_task_that_may_be_lost_has_its_sweep() -> None:
    schedule: Any = settings.CELERY["beat_schedule"]
    jobs = {job["task"]: job for job in schedule.values()}
    assert jobs["inbox.tasks.apply_pending_webhooks"]["schedule"] <= 10
    assert jobs["inbox.tasks.reconcile"]["schedule"] == 30
    for job in jobs.values():
        assert job["options"]["expires"] <= job["schedule"]
