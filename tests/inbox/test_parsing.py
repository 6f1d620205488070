import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.parsing import SECRETS, parse, sanitized
from tests.conftest import NOON, noon
from tests.inbox.conftest import joined

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
strange_person = st.dictionaries(
    st.sampled_from(["sid", "identity", "name", "joinedAt", "kind", "state"]), anything
)
strange_events = st.fixed_dictionaries(
    {},
    optional={
        "event": anything,
        "id": anything,
        "createdAt": anything,
        "room": anything | st.fixed_dictionaries({"name": anything}),
        "participant": anything | strange_person,
    },
)


def test_an_event_of_a_person_is_read() -> None:
    event = parse(joined("ABCD-EFGH-IJKL", "PA_1", noon(60)), NOON)
    assert (event.type, event.room, event.sid) == ("participant_joined", "ABCD-EFGH-IJKL", "PA_1")
    assert (event.identity, event.name, event.joined_at, event.at) == ("ann", "Ann", noon(60), noon(60))
    assert event.is_of_a_person


@pytest.mark.parametrize("kind", ["EGRESS", "INGRESS", "AGENT", "CONNECTOR", "BRIDGE"])
def test_machines_are_never_people(kind: str) -> None:
    assert not parse(joined("room", "PA_1", kind=kind), NOON).is_of_a_person


@pytest.mark.parametrize("kind", ["STANDARD", "SIP"])
def test_people_are(kind: str) -> None:
    assert parse(joined("room", "PA_1", kind=kind), NOON).is_of_a_person


@pytest.mark.parametrize(
    ("permission", "is_person"),
    [({"recorder": True}, False), ({"recorder": False}, True), ({"recorder": "true"}, True), ({}, True)],
)
def test_who_may_record_is_a_machine(permission: dict[str, object], is_person: bool) -> None:
    assert parse(joined("room", "PA_1", permission=permission), NOON).is_of_a_person is is_person


@pytest.mark.parametrize("permission", [None, "recorder", ["recorder"], 5])
def test_strange_permissions_make_no_machine(permission: object) -> None:
    assert parse(joined("room", "PA_1", permission=permission), NOON).is_of_a_person


@pytest.mark.parametrize("missing", ["sid", "identity"])
def test_nobody_without_a_name_in_livekit_is_a_person(missing: str) -> None:
    body = joined("room", "PA_1")
    del body["participant"][missing]
    assert not parse(body, NOON).is_of_a_person


def test_a_missing_time_of_joining_is_not_known() -> None:
    body = joined("room", "PA_1", noon(60))
    del body["participant"]["joinedAt"]
    assert (parse(body, NOON).at, parse(body, NOON).joined_at) == (noon(60), None)


@pytest.mark.parametrize("moment", [None, "", "0", 0, "soon", "-5", "9" * 30, 1e300, [], {}])
def test_a_time_that_is_none_is_the_second_of_receipt(moment: object) -> None:
    body = joined("room", "PA_1")
    body["createdAt"] = body["participant"]["joinedAt"] = moment
    event = parse(body, noon(0.9))
    assert (event.at, event.joined_at) == (NOON, None)


@given(strange_events)
def test_nothing_livekit_can_send_makes_reading_fail(body: dict[str, Any]) -> None:
    _, kept = sanitized(json.dumps(body).encode())
    parse(kept, NOON)


@given(st.binary())
def test_any_bytes_can_be_kept(body: bytes) -> None:
    event_id, kept = sanitized(body)
    assert 0 < len(event_id) <= 100
    assert b"\0" not in json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()


@given(anything)
def test_any_json_can_be_kept(value: object) -> None:
    _, kept = sanitized(json.dumps({"value": value}).encode())
    json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()


# Secrets


def names_in(value: Any) -> set[str]:
    """All names at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


with_secrets = st.recursive(
    st.text() | st.just(dict.fromkeys(SECRETS, "geheim")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["egressInfo", "s3", *sorted(SECRETS)]), inner)
    ),
    max_leaves=10,
)


@given(with_secrets)
def test_secrets_are_kept_at_no_depth(value: object) -> None:
    _, kept = sanitized(json.dumps({"id": "EV_1", "value": value}).encode())
    assert not names_in(kept) & SECRETS


def test_of_a_recording_everything_is_kept_but_what_opens_its_storage() -> None:
    s3 = {"accessKey": "a", "secret": "b", "sessionToken": "c", "bucket": "recordings", "region": "x"}
    request = {"fileOutputs": [{"filepath": "recording.mp4", "s3": s3}], "stream": {"streamKey": "d"}}
    _, kept = sanitized(json.dumps({"id": "EV_1", "egressInfo": {"roomComposite": request}}).encode())
    expected = {
        "fileOutputs": [{"filepath": "recording.mp4", "s3": {"bucket": "recordings", "region": "x"}}],
        "stream": {},
    }
    assert kept == {"id": "EV_1", "egressInfo": {"roomComposite": expected}}


def test_a_secret_of_any_shape_is_not_kept() -> None:
    body = {"id": "EV_1", "credentials": {"a": 1}, "password": ["x"], "token": 5, "secret": None}
    assert sanitized(json.dumps(body).encode()) == ("EV_1", {"id": "EV_1"})


def test_a_secret_is_not_kept_under_a_name_that_is_cleaned_to_its_own() -> None:
    _, kept = sanitized(b'{"id": "EV_1", "sec\\u0000ret": "geheim"}')
    assert "geheim" not in str(kept)
