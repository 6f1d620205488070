"""LiveKit's events of an egress, as they are and as they must not be."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from upclass.egress import Egress, EgressState, parse

CODE, KEY = "BCDF-GHJK-MNPR", "your-company/BCDF-GHJK-MNPR/k3v9-1.mp4"
AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NANOSECONDS = 10**9


def nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * NANOSECONDS


STARTED: dict[str, Any] = {
    "egressId": "EG_1",
    "roomName": CODE,
    "startedAt": str(nanoseconds(AT)),
    "roomComposite": {"roomName": CODE, "fileOutputs": [{"filepath": KEY}]},
}
FILE = {
    "filename": KEY,
    "startedAt": str(nanoseconds(AT) + 400_000_000),
    "endedAt": str(nanoseconds(AT) + 61 * NANOSECONDS),
    "duration": str(60_400_000_000),
    "size": "1234567",
    "location": "https://127.0.0.1/elsewhere",
}
ENDED = {**STARTED, "status": "EGRESS_COMPLETE", "fileResults": [FILE], "file": FILE}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (None, EgressState.STARTING),  # LiveKit leaves out what is 0
        ("EGRESS_STARTING", EgressState.STARTING),
        ("EGRESS_ACTIVE", EgressState.ACTIVE),
        ("EGRESS_ENDING", EgressState.ENDING),
        ("EGRESS_COMPLETE", EgressState.COMPLETE),
        ("EGRESS_LIMIT_REACHED", EgressState.COMPLETE),
        ("EGRESS_FAILED", EgressState.FAILED),
        ("EGRESS_ABORTED", EgressState.ABORTED),
        (1, EgressState.ACTIVE),
    ],
)
def test_an_event_is_read_in_every_state(status: object, state: EgressState) -> None:
    info = {**STARTED, "status": status} if status is not None else STARTED
    assert parse(info) == Egress("EG_1", KEY, state, started_at=AT)


def test_an_event_of_the_end_has_the_file_s_own_times() -> None:
    ended = AT.replace(minute=1, second=1)
    assert parse(ENDED) == Egress(
        "EG_1", KEY, EgressState.COMPLETE, started_at=AT, ended_at=ended, seconds=60
    )


def test_an_event_of_a_failure_has_the_error() -> None:
    egress = parse({**STARTED, "status": "EGRESS_FAILED", "error": "upload failed"})
    assert egress and (egress.state, egress.error, egress.seconds) == (EgressState.FAILED, "upload failed", 0)


def test_an_older_livekit_has_the_file_elsewhere() -> None:
    egress = parse({"egressId": "EG_1", "status": "EGRESS_COMPLETE", "file": FILE})
    assert egress and (egress.key, egress.seconds) == (KEY, 60)


def test_an_egress_without_a_file_has_no_key() -> None:
    assert parse({"egressId": "EG_1"}) == Egress("EG_1", "", EgressState.STARTING)


@pytest.mark.parametrize(
    "extra",
    [
        {"moon": "full"},
        {"status": "EGRESS_DANCING"},
        {"details": "End reason: room closed", "errorCode": 412},
        {"backupStorageUsed": True, "manifestLocation": "x"},
        {"fileResults": []},
        {"roomComposite": {"fileOutputs": [{"filepath": KEY, "s3": {"bucket": "x"}}], "moon": [1]}},
    ],
)
def test_what_we_do_not_know_is_ignored(extra: dict[str, Any]) -> None:
    egress = parse({**STARTED, **extra})
    assert egress and (egress.id, egress.key) == ("EG_1", KEY)


def test_a_state_in_words_that_we_do_not_know_moves_nothing() -> None:
    egress = parse({**STARTED, "status": "EGRESS_DANCING"})
    assert egress and egress.state is EgressState.STARTING


def test_a_status_of_a_later_livekit_does_not_count_as_recording() -> None:
    egress = parse({**STARTED, "status": 99})
    assert egress and egress.state is EgressState.STARTING


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"egressId": ""},
        {"egressId": 5},
        {"egressId": None},
        {"egressId": ["EG_1"]},
        {"egressId": "EG_1", "startedAt": "soon"},
        {"egressId": "EG_1", "startedAt": 1.5},
        {"egressId": "EG_1", "startedAt": "9" * 40},
        {"egressId": "EG_1", "startedAt": True},
        {"egressId": "EG_1", "status": {"a": 1}},
        {"egressId": "EG_1", "fileResults": "none"},
        {"egressId": "EG_1", "fileResults": [5]},
        {"egressId": "EG_1", "fileResults": [{"duration": "long"}]},
        {"egressId": "EG_1", "roomComposite": [5]},
        {"egressId": "EG_1", "roomComposite": {"fileOutputs": {}}},
        {"egressId": "EG_1", "roomComposite": {}, "web": {}},
        {5: 5},
    ],
)
def test_what_is_no_egress_is_none(junk: dict[Any, Any]) -> None:
    assert parse(junk) is None


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (str(nanoseconds(AT)), AT),
        (nanoseconds(AT), AT),
        (str(nanoseconds(AT) + 999_999_999), AT),
        ("0", None),
        ("1", datetime(1970, 1, 1, tzinfo=UTC)),
        ("-1", None),
        (str(-(2**63)), None),
        (str(2**63 - 1), datetime(2262, 4, 11, 23, 47, 16, tzinfo=UTC)),
    ],
)
def test_moments_are_nanoseconds_cut_to_seconds(given: object, at: datetime | None) -> None:
    egress = parse({"egressId": "EG_1", "startedAt": given})
    assert egress and egress.started_at == at


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("0", 0), ("499999999", 0), ("500000001", 1), ("3600000000000", 3600), ("-5000000000", 0)],
)
def test_a_duration_is_rounded_to_seconds_and_never_below_0(duration: str, seconds: int) -> None:
    egress = parse({"egressId": "EG_1", "fileResults": [{"duration": duration}]})
    assert egress and egress.seconds == seconds


FIELDS = [*STARTED, *ENDED, *FILE, "error", "details", "errorCode", "fileOutputs", "filepath", "s3", "web"]


def mixed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects with the names of real fields, and whatever in them."""
    values = inner | st.sampled_from([1, "1", "-1", 2**63, "EGRESS_ACTIVE", "NaN", "\0", "\ud800"])
    return st.dictionaries(st.sampled_from(FIELDS), values, max_size=6)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3) | mixed(inner)
    ),
    max_leaves=12,
)


@given(info=mixed(JSON))
@example(info={"egressId": "EG_\0"})
@example(info={"egressId": "\ud800"})
@example(info={"egressId": "EG_1", "status": "\ud800"})
@example(info={"egressId": "EG_1", "\ud800": 1})
@example(info={"egressId": "EG_1", "error": "\udfff"})
@example(info={"egressId": "EG_1", "startedAt": 2**63})
@example(info={"egressId": "EG_1", "startedAt": float("inf")})
@example(info={"egressId": "EG_1", "status": 2**40})
@example(info=json.loads('{"egressId": "EG_1", "a": ' + '{"a": ' * 500 + "1" + "}" * 501))
@example(info={"egressId": "EG_1", "fileResults": [[[[]]]]})
def test_reading_never_raises(info: dict[str, Any]) -> None:
    egress = parse(info)
    assert egress is None or isinstance(egress.state, EgressState)
