"""The contract between the worker and the child that records."""

import json

import pytest

from egress import job as contract
from egress.job import Ended, Job

JOB = Job(egress_id="EG_1", room="ABCD", url="ws://127.0.0.1:7880", token="secret", file="/tmp/a.mp4")  # noqa: S108


def test_a_job_is_one_line_and_comes_back_the_same() -> None:
    line = JOB.to_json()
    assert "\n" not in line
    assert Job.from_json(line) == JOB


def test_what_a_newer_worker_adds_is_ignored() -> None:
    facts = {**json.loads(JOB.to_json()), "colour": "green"}
    assert Job.from_json(json.dumps(facts)) == JOB


@pytest.mark.parametrize("line", ["", "{", "[]", '"job"', "{}", '{"room": "ABCD"}'])
def test_another_line_is_no_job(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 json's own errors are of this class, too
        Job.from_json(line)


def test_the_events_of_a_child_are_lines_of_json() -> None:
    how = Ended("stopped", started_at=5, ended_at=8, duration=3, size=9)
    assert json.loads(contract.active(5)) == {"event": "active", "at": 5}
    assert json.loads(contract.ending("limit")) == {"event": "ending", "reason": "limit"}
    assert json.loads(contract.ended(how)) == {
        "event": "ended",
        "reason": "stopped",
        "error": "",
        "started_at": 5,
        "ended_at": 8,
        "duration": 3,
        "size": 9,
    }
