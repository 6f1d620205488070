"""Files that come late or never, parts that are away, and staff who have them checked."""

from datetime import timedelta

import pytest

from meetings.models import Meeting
from recordings import launch, lifecycle, reasons, sweep
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, connected, noon
from tests.recordings.conftest import after, beat, guest, recording_of, registered, starts, status_of, swept
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass import egress, storage
from upclass.egress import Egress, EgressState

# The file


def finished(recording: Recording, at: float = 60) -> Recording:
    recording.mark_ending(ended_at=noon(at))
    recording.mark_storing(noon(at), 56)
    return recording


def test_a_file_that_comes_late_completes_its_recording(
    running: Recording, fake_storage: FakeStorage
) -> None:
    finished(running)
    assert swept(75) == [starts(Recording.objects.latest("pk"))]
    assert status_of(running) == Status.PROCESSING
    fake_storage.objects[running.file] = 12_345
    swept(90)
    assert (status_of(running), after(running).size_bytes) == (Status.COMPLETED, 12_345)


def test_a_file_that_never_comes_fails_its_recording(running: Recording) -> None:
    finished(running)
    swept(60 + 239)
    assert status_of(running) == Status.PROCESSING
    swept(60 + 240)
    now = after(running)
    assert (now.status, now.failure_reason, now.ended_at) == (Status.FAILED, reasons.NOT_STORED, noon(60))


def test_with_the_storage_away_nobody_knows_and_it_is_waited_for(
    running: Recording, fake_storage: FakeStorage
) -> None:
    finished(running)
    fake_storage.is_away = True
    swept(60 + 86_399)
    assert status_of(running) == Status.PROCESSING
    fake_storage.objects[running.file] = 12_345
    fake_storage.is_away = False
    swept(60 + 86_400)
    assert status_of(running) == Status.COMPLETED


def test_with_the_storage_away_for_a_day_it_is_given_up(
    running: Recording, fake_storage: FakeStorage
) -> None:
    finished(running)
    fake_storage.is_away = True
    swept(60 + 86_400)
    assert (status_of(running), after(running).failure_reason) == (Status.FAILED, reasons.NOT_STORED)


def test_a_part_of_a_failed_recording_is_found_within_the_hour(
    running: Recording, fake_storage: FakeStorage
) -> None:
    running.mark_failed("It broke.", noon(60))
    swept(75)
    assert not after(running).has_file
    fake_storage.objects[running.file] = 999
    swept(60 + 3599)
    assert (status_of(running), after(running).size_bytes) == (Status.FAILED, 999)


def test_a_killed_recorder_s_recording_is_given_up_when_the_storage_was_away_for_a_day(
    running: Recording, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    fake_egress.killed.add("EG_1")
    fake_storage.is_away = True
    beat(60, 300)
    assert status_of(running) == Status.PROCESSING
    beat(86_400, 86_700)
    assert (status_of(running), after(running).failure_reason) == (Status.FAILED, reasons.BROKE_OFF)


def test_what_was_given_up_with_the_storage_away_is_found_when_that_is_back(
    running: Recording, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    fake_egress.becomes("EG_1", EgressState.COMPLETE, seconds=50)
    fake_storage.is_away = True
    beat(60, 120)
    beat(86_500, 86_530)
    assert status_of(running) == Status.FAILED
    fake_storage.is_away, fake_storage.objects[running.file] = False, 999
    beat(86_545, 86_560)
    assert after(running).size_bytes == 999


def test_a_recorder_seen_leaving_its_room_is_not_missed_while_it_uploads(
    running: Recording, fake_egress: FakeEgress
) -> None:
    """The check fell between its leaving and the event of it: one stop without an answer proves nothing."""
    running.set_missing_since(noon(60))
    lifecycle.on_egress_update(fake_egress.becomes("EG_1", EgressState.ENDING, ended_at=noon(61)), noon(61))
    fake_egress.killed.add("EG_1")
    lifecycle.stop_recording(after(running), noon(130))
    assert status_of(running) == Status.PROCESSING


def test_after_an_hour_nobody_checks_for_a_part(running: Recording, fake_storage: FakeStorage) -> None:
    running.mark_failed("It broke.", noon(60))
    fake_storage.objects[running.file] = 999
    swept(60 + 3600)
    assert not after(running).has_file


# Parts that are away, and recordings that are broken


def test_with_livekit_away_nothing_is_touched(running: Recording, fake_egress: FakeEgress) -> None:
    before = Recording.objects.values().get()
    fake_egress.is_away = True
    assert swept(600) == []
    assert Recording.objects.values().get() == before


def test_with_livekit_away_files_are_seen_all_the_same(
    running: Recording, fake_egress: FakeEgress, fake_storage: FakeStorage, lesson: Meeting
) -> None:
    host = registered(lesson, "host")
    done = finished(recording_of(lesson, host, Status.RECORDING, file="lesson.mp4", egress_id="EG_9"))
    fake_storage.objects["lesson.mp4"] = 5
    fake_egress.is_away = True
    swept(75)
    assert status_of(done) == Status.COMPLETED


def test_with_the_storage_away_recordings_begin_all_the_same(
    running: Recording, fake_storage: FakeStorage, lesson: Meeting
) -> None:
    finished(running)
    connected(registered(lesson, "host"), NOON)
    fake_storage.is_away = True
    begun = swept(75)
    assert FollowUp(Action.REQUEST, Recording.objects.get(meeting=lesson).pk) in begun


def test_one_recording_that_cannot_be_compared_does_not_hold_up_the_others(
    running: Recording,
    lesson: Meeting,
    fake_egress: FakeEgress,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    host = registered(lesson, "host")
    other = recording_of(
        lesson, host, egress_id="EG_2", file="lesson.mp4", created_at=noon(1), requested_at=NOON
    )
    fake_egress.begins(lesson.code, "lesson.mp4", EgressState.ACTIVE)
    ask = fake_egress.get_egress

    def ill(egress_id: str) -> Egress | None:
        if egress_id == "EG_1":
            raise ValueError("strange")
        return ask(egress_id)

    monkeypatch.setattr(egress, "get_egress", ill)
    swept(15)
    assert status_of(other) == Status.RECORDING
    assert f"{running} could not be compared" in caplog.text


def test_one_meeting_that_cannot_begin_does_not_hold_up_the_others(
    call: Meeting, lesson: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(guest(call), NOON)
    connected(registered(lesson, "host"), NOON)
    begin = launch.begin

    def ill(meeting: Meeting, now: object) -> FollowUp | None:
        if meeting == max(call, lesson, key=lambda one: one.pk):  # the newest is looked at first
            raise ValueError("strange")
        return begin(meeting, now)  # type: ignore[arg-type]

    monkeypatch.setattr(launch, "begin", ill)
    assert len(swept(15)) == 1


# Asking again


def test_staff_who_ask_again_learn_what_livekit_says(running: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.becomes("EG_1", EgressState.ENDING, ended_at=noon(60))
    sweep.check_now(running, noon(61))
    assert status_of(running) == Status.PROCESSING


def test_a_part_that_came_days_later_is_found_when_staff_ask(
    running: Recording, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    running.mark_failed("It broke.", noon(60))
    fake_egress.becomes("EG_1", EgressState.FAILED)
    fake_storage.objects[running.file] = 999
    sweep.check_now(running, NOON + timedelta(days=9))
    assert after(running).size_bytes == 999


def test_an_egress_that_runs_on_after_its_recording_failed_is_stopped_when_staff_ask(
    running: Recording,
) -> None:
    running.mark_failed("It broke.", noon(60))
    assert sweep.check_now(running, noon(99)) == FollowUp(Action.STOP_EGRESS, "EG_1")


def test_asking_again_about_what_was_never_asked_for_asks_nobody(
    recording: Recording, fake_egress: FakeEgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the storage, which accepts no key without letters."""
    recording.mark_dropped(NOON)
    keys: list[str] = []
    monkeypatch.setattr(storage, "size_of", keys.append)
    assert sweep.check_now(recording, noon(5)) is None
    assert (keys, fake_egress.asked) == ([], [])
