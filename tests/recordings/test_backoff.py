import pytest

from recordings import reasons
from recordings.backoff import is_given_up, next_try
from tests.conftest import NOON, noon


@pytest.mark.parametrize(("failures", "pause"), [(1, 30), (2, 60), (3, 120), (4, 120), (99, 120)])
def test_each_pause_is_longer_up_to_two_minutes(failures: int, pause: int) -> None:
    assert next_try(failures, NOON) == noon(pause)


@pytest.mark.parametrize(("failures", "is_over"), [(0, False), (4, False), (5, True), (6, True)])
def test_five_failures_are_enough(failures: int, is_over: bool) -> None:
    assert is_given_up(failures) is is_over


# Reasons


@pytest.mark.parametrize(
    "error", ["Failed to UPLOAD file", "S3: access denied", "storage is full", "upload: s3 timed out"]
)
@pytest.mark.parametrize("has_begun", [True, False])
def test_what_the_storage_did_not_accept_is_said(error: str, has_begun: bool) -> None:
    assert reasons.of_error(error, has_begun) == reasons.NO_STORAGE


@pytest.mark.parametrize("error", ["", "egress process died", "Start signal not received"])
def test_anything_else_is_a_recorder_that_stopped(error: str) -> None:
    assert reasons.of_error(error, has_begun=True) == reasons.BROKE_OFF
    assert reasons.of_error(error, has_begun=False) == reasons.NEVER_BEGAN
