"""LiveKit's webhooks of recordings, from the request to the recording; and people's, which begin one."""

from datetime import datetime
from typing import Any

import pytest

from customers.models import Customer
from inbox import tasks
from inbox.apply import apply
from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.models import Participant, Role
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, FakeLiveKit, noon
from tests.inbox.conftest import WebhookClient, joined, stored
from tests.recordings.conftest import after, guest, known, recording_of, registered, starts, stops
from upclass import codes


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[FollowUp]:
    """What is left to the tasks, which are not woken."""
    follow_ups: list[FollowUp] = []
    monkeypatch.setattr(
        "inbox.apply.enqueue", lambda follow_up: follow_ups.append(follow_up) if follow_up else None
    )
    return follow_ups


@pytest.fixture
def call(customer: Customer) -> Meeting:
    """An open meeting that is recorded."""
    return Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)


@pytest.fixture
def recording(call: Meeting) -> Recording:
    """LiveKit was asked for it, and answered with the egress EG_1; Ann is in the call."""
    apply_now(joined(call.code, "PA_1"))
    return known(Recording.objects.get())


def apply_now(body: dict[str, Any], now: datetime = NOON) -> InboundWebhook:
    webhook = stored(body, now)
    apply(webhook, now)
    webhook.refresh_from_db()
    return webhook


def nanoseconds(at: datetime) -> str:
    return str(int(at.timestamp()) * 10**9)


def egress(event: str, status: str | None = None, **info: Any) -> dict[str, Any]:
    """An event as LiveKit writes it: int64 as text, and no field that is 0."""
    facts = {"egressId": "EG_1", **({"status": status} if status else {}), **info}
    body = {"event": event, "id": f"EV_{codes.session_id()}", "createdAt": str(int(NOON.timestamp()))}
    return {**body, "egressInfo": facts}


def ended(status: str, seconds: int, key: str = "", **info: Any) -> dict[str, Any]:
    file = {
        "filename": key,
        "startedAt": nanoseconds(noon(4)),
        "endedAt": nanoseconds(noon(4 + seconds)),
        "duration": str(seconds * 10**9),
    }
    return egress("egress_ended", status, fileResults=[file], file=file, **info)


# Posted


def test_a_signed_webhook_of_a_recording_reaches_its_recording(
    webhooks: WebhookClient, recording: Recording
) -> None:
    body = egress("egress_updated", "EGRESS_ACTIVE", startedAt=nanoseconds(noon(4)))
    assert webhooks.deliver(body).status_code == 200
    tasks.apply_pending_webhooks()
    found = after(recording)
    assert (found.status, found.started_at) == (Status.RECORDING, noon(4))
    assert InboundWebhook.objects.get(event_id=body["id"]).applied_at


def test_a_webhook_that_nobody_signed_moves_nothing(webhooks: WebhookClient, recording: Recording) -> None:
    body = b'{"event": "egress_ended", "egressInfo": {"egressId": "EG_1", "status": "EGRESS_FAILED"}}'
    assert webhooks.post(body, Authorization="nonsense").status_code == 401
    tasks.apply_pending_webhooks()
    assert after(recording).status == Status.PENDING


def test_the_keys_of_the_storage_are_not_kept(webhooks: WebhookClient, recording: Recording) -> None:
    s3 = {"accessKey": "geheim 1", "secret": "geheim 2", "bucket": "mine"}
    webhooks.deliver(
        egress("egress_started", roomComposite={"fileOutputs": [{"filepath": recording.file, "s3": s3}]})
    )
    webhook = InboundWebhook.objects.exclude(body__egressInfo=None).get()
    assert webhook.body["egressInfo"]["roomComposite"]["fileOutputs"][0]["s3"] == {"bucket": "mine"}
    assert "geheim" not in str(webhook.body)


def test_a_whole_recording_is_followed(recording: Recording, sent: list[FollowUp]) -> None:
    sent.clear()
    apply_now(egress("egress_started"))
    assert after(recording).status == Status.PENDING
    apply_now(egress("egress_updated", "EGRESS_ACTIVE", startedAt=nanoseconds(noon(4))))
    assert after(recording).status == Status.RECORDING
    apply_now(egress("egress_updated", "EGRESS_ENDING", startedAt=nanoseconds(noon(4))), noon(64))
    assert after(recording).status == Status.PROCESSING
    apply_now(ended("EGRESS_COMPLETE", 60, recording.file), noon(66))
    found = after(recording)
    assert (found.status, found.seconds, found.finished_at) == (Status.PROCESSING, 60, noon(66))
    assert (found.started_at, found.ended_at) == (noon(4), noon(64))
    assert sent == [FollowUp(Action.CONFIRM, recording.pk)]


def test_the_webhook_may_be_there_before_the_answer(call: Meeting) -> None:
    """By the name of its file the egress is known."""
    apply_now(joined(call.code, "PA_1"))
    recording = Recording.objects.get()
    recording.mark_requested(NOON)
    file = {"roomComposite": {"fileOutputs": [{"filepath": recording.file}]}}
    apply_now(egress("egress_updated", "EGRESS_ACTIVE", **file))
    assert (after(recording).egress_id, after(recording).status) == ("EG_1", Status.RECORDING)


def test_a_failure_keeps_its_words_for_staff(recording: Recording) -> None:
    apply_now(egress("egress_ended", "EGRESS_FAILED", error="Start signal: page crashed"), noon(9))
    found = after(recording)
    assert (found.status, found.details) == (Status.FAILED, "Start signal: page crashed")
    assert "page crashed" not in found.failure_reason


def test_a_recording_of_a_meeting_that_is_over_is_stopped(recording: Recording, sent: list[FollowUp]) -> None:
    Meeting.objects.update(ended_at=noon(5))
    apply_now(egress("egress_updated", "EGRESS_ACTIVE"), noon(6))
    assert sent[-1] == stops(recording)


def test_a_doubled_or_late_event_moves_nothing_back(recording: Recording) -> None:
    apply_now(ended("EGRESS_COMPLETE", 60, recording.file), noon(66))
    for event, status in [
        ("egress_updated", "EGRESS_ACTIVE"),
        ("egress_started", None),
        ("egress_updated", "EGRESS_ENDING"),
    ]:
        assert apply_now(egress(event, status), noon(99)).applied_at
    assert (after(recording).status, after(recording).seconds) == (Status.PROCESSING, 60)


# What is none of ours


def test_an_event_of_an_unknown_egress_is_stored_and_harmless(
    recording: Recording, sent: list[FollowUp]
) -> None:
    sent.clear()
    for status in ("EGRESS_ACTIVE", "EGRESS_COMPLETE", "EGRESS_FAILED"):
        event = egress("egress_updated", status, egressId="EG_other", fileResults=[{"filename": "x.mp4"}])
        assert apply_now(event).applied_at
    assert (after(recording).status, after(recording).egress_id, sent) == (Status.PENDING, "EG_1", [])


def test_another_egress_into_a_recording_s_file_of_before_is_stopped(
    recording: Recording, sent: list[FollowUp]
) -> None:
    file = recording.file.replace("-1.mp4", "-2.mp4")
    event = egress("egress_updated", "EGRESS_ACTIVE", egressId="EG_2", fileResults=[{"filename": file}])
    apply_now(event)
    assert sent[-1] == FollowUp(Action.STOP_EGRESS, "EG_2")
    assert (after(recording).status, after(recording).egress_id) == (Status.PENDING, "EG_1")


JUNK: list[Any] = [
    {},
    [],
    "EG_1",
    None,
    7,
    {"egressId": 7},
    {"egressId": "EG_1", "status": {}},
    {"egressId": "EG_1", "startedAt": "soon"},
    {"egressId": "EG_1", "fileResults": [7]},
    {"egressId": "EG_1", "status": "EGRESS_DANCING"},
    {"egressId": "EG_\0", "status": "EGRESS_ACTIVE"},
    {"egressId": "\ud800", "status": "EGRESS_ACTIVE"},
    {"egressId": "x" * 5000, "status": "EGRESS_ACTIVE", "error": "\0"},
    {"egressId": "EG_x", "fileResults": [{"filename": "a/" + "-" * 5000 + "\0"}]},
]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_stored_applied_and_changes_nothing(
    webhooks: WebhookClient, recording: Recording, junk: Any
) -> None:
    assert webhooks.deliver({"event": "egress_ended", "id": "EV_junk", "egressInfo": junk}).status_code == 200
    tasks.apply_pending_webhooks()
    assert InboundWebhook.objects.get(event_id="EV_junk").applied_at
    assert after(recording).status == Status.PENDING


@pytest.mark.parametrize(
    "facts",
    [
        {"startedAt": str(2**63 - 1), "endedAt": "1"},
        {"duration": str(2**63 - 1)},
        {"duration": str(-(2**63))},
        {"size": str(2**63 - 1)},
    ],
)
def test_numbers_that_cannot_be_are_no_reason_to_fail(recording: Recording, facts: dict[str, str]) -> None:
    file = {"filename": recording.file, **facts}
    assert apply_now(egress("egress_ended", "EGRESS_COMPLETE", fileResults=[file])).applied_at
    assert after(recording).status == Status.PROCESSING


# People


def test_a_join_begins_a_recording(call: Meeting, sent: list[FollowUp]) -> None:
    apply_now(joined(call.code, "PA_1"), noon(1))
    recording = Recording.objects.get()
    assert (recording.meeting, recording.status, recording.recorder.display_name) == (
        call,
        Status.PENDING,
        "Ann",
    )
    assert sent == [starts(recording)]


def test_a_second_join_begins_none(call: Meeting, sent: list[FollowUp]) -> None:
    apply_now(joined(call.code, "PA_1"))
    apply_now(joined(call.code, "PA_2", noon(1), identity="ben"), noon(1))
    assert Recording.objects.count() == len(sent) == 1


def test_a_meeting_that_is_not_recorded_begins_none(meeting: Meeting, sent: list[FollowUp]) -> None:
    apply_now(joined(meeting.code, "PA_1"))
    assert not Recording.objects.exists() and not sent


@pytest.mark.parametrize("role", Role)
def test_in_a_secured_meeting_only_a_host_s_join_does(
    secured: Meeting, sent: list[FollowUp], role: Role
) -> None:
    Meeting.objects.update(record_on_cloud=True)
    person = registered(secured, "user-1", role)
    apply_now(joined(secured.code, "PA_1", identity=person.identity))
    assert Recording.objects.count() == len(sent) == (1 if role == Role.HOST else 0)


def test_the_recorder_s_own_join_is_nobody_s(call: Meeting) -> None:
    hidden = {"hidden": True, "recorder": True}
    apply_now(joined(call.code, "PA_1", identity="EG_1", kind="EGRESS", permission=hidden))
    assert not Recording.objects.exists() and not Participant.objects.exists()


def test_a_late_join_into_a_meeting_that_is_over_begins_none(
    call: Meeting, fake_livekit: FakeLiveKit
) -> None:
    Meeting.objects.update(ended_at=NOON)
    apply_now(joined(call.code, "PA_1", noon(5)), noon(5))
    assert not Recording.objects.exists()


def test_a_removed_host_s_join_begins_none(secured: Meeting, person: Participant) -> None:
    Meeting.objects.update(record_on_cloud=True)
    person.mark_removed(NOON)
    apply_now(joined(secured.code, "PA_1", noon(5), identity=person.identity), noon(5))
    assert not Recording.objects.exists()


def test_a_recording_that_is_processed_does_not_block_the_next(call: Meeting, sent: list[FollowUp]) -> None:
    recording_of(call, guest(call), Status.PROCESSING)
    apply_now(joined(call.code, "PA_1"))
    assert [recording.status for recording in Recording.objects.all()] == [Status.PROCESSING, Status.PENDING]
