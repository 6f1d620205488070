"""LiveKit's news of recordings, from its door to the take; and people's, which begins one."""

from datetime import datetime
from typing import Any

import pytest

from customers.models import Customer
from inbox import tasks
from inbox.apply import apply
from inbox.models import Event
from meetings.models import Meeting
from participants.models import Participant, Role
from recordings import tasks as recordings
from recordings.errands import Deed, Errand
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, FakeLiveKit, noon
from tests.inbox.conftest import NewsDoor, joined, kept
from tests.recordings.conftest import after, guest, known, registered, starts, stops, take_of
from upclass import codes


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Errand]:
    """What is left to the tasks, which are not woken."""
    errands: list[Errand] = []
    monkeypatch.setattr(recordings, "send", lambda errand: errands.append(errand) if errand else None)
    return errands


@pytest.fixture
def call(customer: Customer) -> Meeting:
    """An open meeting that is recorded."""
    return Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)


@pytest.fixture
def take(call: Meeting) -> Take:
    """LiveKit was asked for it, and told the egress EG_1; Ann is in the call."""
    told(joined(call.code, "PA_1"))
    return known(Take.objects.get())


def told(body: dict[str, Any], now: datetime = NOON) -> Event:
    event = kept(body, now)
    apply(event, now)
    event.refresh_from_db()
    return event


def nanoseconds(at: datetime) -> str:
    return str(int(at.timestamp()) * 10**9)


def egress(event: str, status: str | None = None, **info: Any) -> dict[str, Any]:
    """News as LiveKit writes it: int64 as text, and no field that is 0."""
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


# Through the door


def test_signed_news_of_a_recording_reaches_its_take(door: NewsDoor, take: Take) -> None:
    body = egress("egress_updated", "EGRESS_ACTIVE", startedAt=nanoseconds(noon(4)))
    assert door.tell(body).status_code == 200
    tasks.apply_kept_news()
    found = after(take)
    assert (found.status, found.started_at) == (Status.RECORDING, noon(4))
    assert Event.objects.get(event_id=body["id"]).applied_at


def test_news_that_nobody_signed_moves_nothing(door: NewsDoor, take: Take) -> None:
    body = b'{"event": "egress_ended", "egressInfo": {"egressId": "EG_1", "status": "EGRESS_FAILED"}}'
    assert door.post(body, Authorization="nonsense").status_code == 401
    tasks.apply_kept_news()
    assert after(take).status == Status.PENDING


def test_the_keys_of_the_storage_are_not_kept(door: NewsDoor, take: Take) -> None:
    s3 = {"accessKey": "geheim 1", "secret": "geheim 2", "bucket": "mine"}
    door.tell(egress("egress_started", roomComposite={"fileOutputs": [{"filepath": take.file, "s3": s3}]}))
    event = Event.objects.exclude(body__egressInfo=None).get()
    assert event.body["egressInfo"]["roomComposite"]["fileOutputs"][0]["s3"] == {"bucket": "mine"}
    assert "geheim" not in str(event.body)


def test_a_whole_recording_is_told(take: Take, sent: list[Errand]) -> None:
    sent.clear()
    told(egress("egress_started"))
    assert after(take).status == Status.PENDING
    told(egress("egress_updated", "EGRESS_ACTIVE", startedAt=nanoseconds(noon(4))))
    assert after(take).status == Status.RECORDING
    told(egress("egress_updated", "EGRESS_ENDING", startedAt=nanoseconds(noon(4))), noon(64))
    assert after(take).status == Status.PROCESSING
    told(ended("EGRESS_COMPLETE", 60, take.file), noon(66))
    found = after(take)
    assert (found.status, found.seconds, found.finished_at) == (Status.PROCESSING, 60, noon(66))
    assert (found.started_at, found.ended_at) == (noon(4), noon(64))
    assert sent == [Errand(Deed.SAVE, take.pk)]


def test_the_news_may_be_there_before_the_answer(call: Meeting) -> None:
    """By the name of its file the egress is known."""
    told(joined(call.code, "PA_1"))
    take = Take.objects.get()
    take.claim(NOON)
    file = {"roomComposite": {"fileOutputs": [{"filepath": take.file}]}}
    told(egress("egress_updated", "EGRESS_ACTIVE", **file))
    assert (after(take).egress_id, after(take).status) == ("EG_1", Status.RECORDING)


def test_a_failure_keeps_its_words_for_staff(take: Take) -> None:
    told(egress("egress_ended", "EGRESS_FAILED", error="Start signal: page crashed"), noon(9))
    found = after(take)
    assert (found.status, found.details) == (Status.FAILED, "Start signal: page crashed")
    assert "page crashed" not in found.failure_reason


def test_a_recording_of_a_meeting_that_is_over_is_stopped(take: Take, sent: list[Errand]) -> None:
    Meeting.objects.update(ended_at=noon(5))
    told(egress("egress_updated", "EGRESS_ACTIVE"), noon(6))
    assert sent[-1] == stops(take)


def test_doubled_and_late_news_moves_nothing_back(take: Take) -> None:
    told(ended("EGRESS_COMPLETE", 60, take.file), noon(66))
    for event, status in [
        ("egress_updated", "EGRESS_ACTIVE"),
        ("egress_started", None),
        ("egress_updated", "EGRESS_ENDING"),
    ]:
        assert told(egress(event, status), noon(99)).applied_at
    assert (after(take).status, after(take).seconds) == (Status.PROCESSING, 60)


# What is none of ours


def test_news_of_an_unknown_egress_is_kept_and_harmless(take: Take, sent: list[Errand]) -> None:
    sent.clear()
    for status in ("EGRESS_ACTIVE", "EGRESS_COMPLETE", "EGRESS_FAILED"):
        news = egress("egress_updated", status, egressId="EG_other", fileResults=[{"filename": "x.mp4"}])
        assert told(news).applied_at
    assert (after(take).status, after(take).egress_id, sent) == (Status.PENDING, "EG_1", [])


def test_another_egress_into_a_take_s_file_of_before_is_stopped(take: Take, sent: list[Errand]) -> None:
    file = take.file.replace("-1.mp4", "-2.mp4")
    news = egress("egress_updated", "EGRESS_ACTIVE", egressId="EG_2", fileResults=[{"filename": file}])
    told(news)
    assert sent[-1] == Errand(Deed.STOP_EGRESS, "EG_2")
    assert (after(take).status, after(take).egress_id) == (Status.PENDING, "EG_1")


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
def test_junk_is_kept_applied_and_changes_nothing(door: NewsDoor, take: Take, junk: Any) -> None:
    assert door.tell({"event": "egress_ended", "id": "EV_junk", "egressInfo": junk}).status_code == 200
    tasks.apply_kept_news()
    assert Event.objects.get(event_id="EV_junk").applied_at
    assert after(take).status == Status.PENDING


@pytest.mark.parametrize(
    "facts",
    [
        {"startedAt": str(2**63 - 1), "endedAt": "1"},
        {"duration": str(2**63 - 1)},
        {"duration": str(-(2**63))},
        {"size": str(2**63 - 1)},
    ],
)
def test_numbers_that_cannot_be_are_no_reason_to_fail(take: Take, facts: dict[str, str]) -> None:
    file = {"filename": take.file, **facts}
    assert told(egress("egress_ended", "EGRESS_COMPLETE", fileResults=[file])).applied_at
    assert after(take).status == Status.PROCESSING


# People


def test_a_join_begins_a_take(call: Meeting, sent: list[Errand]) -> None:
    told(joined(call.code, "PA_1"), noon(1))
    take = Take.objects.get()
    assert (take.meeting, take.status, take.recorder.display_name) == (call, Status.PENDING, "Ann")
    assert sent == [starts(take)]


def test_a_second_join_begins_none(call: Meeting, sent: list[Errand]) -> None:
    told(joined(call.code, "PA_1"))
    told(joined(call.code, "PA_2", noon(1), identity="ben"), noon(1))
    assert Take.objects.count() == len(sent) == 1


def test_a_meeting_that_is_not_recorded_begins_none(meeting: Meeting, sent: list[Errand]) -> None:
    told(joined(meeting.code, "PA_1"))
    assert not Take.objects.exists() and not sent


@pytest.mark.parametrize("role", Role)
def test_in_a_secured_meeting_only_a_host_s_join_does(
    secured: Meeting, sent: list[Errand], role: Role
) -> None:
    Meeting.objects.update(record_on_cloud=True)
    person = registered(secured, "user-1", role)
    told(joined(secured.code, "PA_1", identity=person.identity))
    assert Take.objects.count() == len(sent) == (1 if role == Role.HOST else 0)


def test_the_recorder_s_own_join_is_nobody_s(call: Meeting) -> None:
    hidden = {"hidden": True, "recorder": True}
    told(joined(call.code, "PA_1", identity="EG_1", kind="EGRESS", permission=hidden))
    assert not Take.objects.exists() and not Participant.objects.exists()


def test_a_late_join_into_a_meeting_that_is_over_begins_none(
    call: Meeting, fake_livekit: FakeLiveKit
) -> None:
    Meeting.objects.update(ended_at=NOON)
    told(joined(call.code, "PA_1", noon(5)), noon(5))
    assert not Take.objects.exists()


def test_a_removed_host_s_join_begins_none(secured: Meeting, person: Participant) -> None:
    Meeting.objects.update(record_on_cloud=True)
    person.remove(NOON)
    told(joined(secured.code, "PA_1", noon(5), identity=person.identity), noon(5))
    assert not Take.objects.exists()


def test_a_take_that_is_processed_does_not_block_the_next(call: Meeting, sent: list[Errand]) -> None:
    take_of(call, guest(call), Status.PROCESSING)
    told(joined(call.code, "PA_1"))
    assert [take.status for take in Take.objects.all()] == [Status.PROCESSING, Status.PENDING]
