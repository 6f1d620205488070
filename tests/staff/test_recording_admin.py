"""Staff look at recordings and have them checked with LiveKit; nobody changes one."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from recordings import reasons
from recordings.follow_ups import FollowUp
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, connected, noon
from tests.recordings.conftest import after, guest, recording_of, saves, starts, stops
from tests.recordings.fakes import FakeEgress, FakeStorage
from tests.staff.conftest import staff_who_may
from upclass.egress import EgressState

RECORDINGS = "/admin/recordings/recording/"
FILE = "your-company/BCDF-GHJK-MNPR/k3v9-1.mp4"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(60), tick=False):
        yield


@pytest.fixture
def call(customer: Customer) -> Meeting:
    """An open meeting that is recorded."""
    return Meeting.objects.create(customer=customer, topic="Demo", record_on_cloud=True, created_at=NOON)


@pytest.fixture
def ann(call: Meeting) -> Participant:
    """In the call."""
    person = guest(call)
    connected(person, NOON)
    return person


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[FollowUp]:
    """What is left to the tasks, which are not woken."""
    follow_ups: list[FollowUp] = []
    monkeypatch.setattr(
        "staff.recording.enqueue", lambda follow_up: follow_ups.append(follow_up) if follow_up else None
    )
    return follow_ups


def made(recorder: Participant, status: Status, **facts: Any) -> Recording:
    usual = {"file": FILE, "tries": 1, "requested_at": NOON, "started_at": noon(4)}
    return recording_of(recorder.meeting, recorder, status, **{**usual, **facts})


def completed(recorder: Participant, **facts: Any) -> Recording:
    known = {"seconds": 3723, "size_bytes": 125_829_120, "egress_id": "EG_done", "ended_at": noon(3727)}
    return made(recorder, Status.COMPLETED, **{**known, "finished_at": noon(3730), **facts})


def page(staff: Client, recording: Recording | None = None, query: str = "") -> str:
    answer = staff.get(f"{RECORDINGS}{recording.pk}/change/" if recording else f"{RECORDINGS}{query}")
    assert answer.status_code == 200
    return str(unescape(answer.content.decode()))


# Looking


def test_the_list_shows_what_became_of_each_the_newest_first(staff: Client, ann: Participant) -> None:
    completed(ann)
    later = {"egress_id": "EG_broke", "created_at": noon(50)}
    made(ann, Status.FAILED, failure_reason=reasons.BROKE_OFF, **later)
    shown = page(staff)
    for text in (ann.meeting.code, "your-company", "completed", "1:02:03", "125.8 MB", "Ann", "EG_done"):
        assert text in shown
    assert "failed" in shown and reasons.BROKE_OFF in shown
    assert shown.index("EG_broke") < shown.index("EG_done")


def test_a_recording_s_page_shows_everything(staff: Client, ann: Participant) -> None:
    recording = completed(ann, details="from LiveKit")
    shown = page(staff, recording)
    for text in ("completed", "1:02:03", "125.8 MB", "Ann", "EG_done", FILE, "from LiveKit", "your-company"):
        assert text in shown
    assert "1:02 p.m." in shown  # when it ended, in UTC


def test_a_recording_that_has_just_begun_is_shown_too(staff: Client, ann: Participant) -> None:
    recording = recording_of(ann.meeting, ann)
    for shown in (page(staff), page(staff, recording)):
        assert "queued" in shown
        assert 'rel="noreferrer"' not in shown


def links(shown: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)" target="_blank" rel="noreferrer">Watch</a>', shown)


def test_a_completed_recording_can_be_watched_for_an_hour(staff: Client, ann: Participant) -> None:
    recording = completed(ann)
    for shown in (page(staff), page(staff, recording)):
        assert "X-Amz-Signature" not in shown
        [link] = links(shown)
        answer = staff.get(link)
        assert answer.status_code == 302
        assert f"/upclass/{FILE}?" in answer["Location"]
        assert "X-Amz-Expires=3600" in answer["Location"]
        assert "Demo" in answer["Location"]


def test_who_watched_which_recording_is_written_down(ann: Participant) -> None:
    recording = completed(ann)
    colleague = staff_who_may("view_recording", "download_recording")
    [link] = links(page(colleague))
    assert not LogEntry.objects.exists()
    colleague.get(link)
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.get_edited_object(), entry.change_message, entry.action_time) == (
        "colleague",
        recording,
        "Downloaded.",
        noon(60),
    )
    assert "Downloaded." in colleague.get(f"{RECORDINGS}{recording.pk}/history/").content.decode()


@pytest.mark.parametrize("permission", ["view_recording", "download_recording"])
def test_to_look_does_not_suffice_to_watch(ann: Participant, permission: str) -> None:
    recording = completed(ann)
    colleague = staff_who_may(permission)
    assert colleague.get(f"{RECORDINGS}{recording.pk}/download/").status_code == 403
    assert not LogEntry.objects.exists()
    if permission == "view_recording":
        for shown in (page(colleague), page(colleague, recording)):
            assert "Watch" not in shown


def test_what_has_no_file_cannot_be_watched(staff: Client, ann: Participant) -> None:
    recording = made(ann, Status.FAILED)
    assert staff.get(f"{RECORDINGS}{recording.pk}/download/").status_code == 404
    assert staff.get(f"{RECORDINGS}{recording.pk + 1}/download/").status_code == 404
    assert staff.post(f"{RECORDINGS}{completed(ann).pk}/download/").status_code == 405
    assert not LogEntry.objects.exists()


def test_what_was_saved_of_a_failed_recording_can_be_watched_too(staff: Client, ann: Participant) -> None:
    recording = made(ann, Status.FAILED, size_bytes=7)
    assert "Watch" in page(staff, recording)


def test_a_name_that_looks_like_a_page_is_shown_as_text(staff: Client, ann: Participant) -> None:
    Participant.objects.update(display_name="<script>alert(1)</script>")
    recording = completed(ann, details="<script>alert(2)</script>")
    for path in (RECORDINGS, f"{RECORDINGS}{recording.pk}/change/"):
        assert "<script>alert(" not in staff.get(path).content.decode()


@pytest.mark.parametrize(
    "query",
    ["q={code}", "q=your-comp", "q=EG_done", "q={uid}", "q=Ann", "state__exact=completed", "q={lower}"],
)
def test_the_list_is_searched_and_filtered(
    staff: Client, ann: Participant, stranger: Customer, query: str
) -> None:
    recording = completed(ann)
    other = Meeting.objects.create(customer=stranger, record_on_cloud=True, created_at=NOON)
    made(guest(other, "Eve"), Status.FAILED, egress_id="EG_other")
    code = ann.meeting.code
    shown = page(staff, query=f"?{query.format(code=code, uid=recording.uid, lower=code.lower())}")
    assert "EG_done" in shown
    assert "EG_other" not in shown


def test_the_list_needs_as_many_queries_for_many(
    staff: Client, ann: Participant, customer: Customer, django_assert_num_queries: Any
) -> None:
    completed(ann)
    with CaptureQueriesContext(connection) as for_one:
        page(staff)
    for number in range(20):
        meeting = Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)
        completed(guest(meeting), egress_id=f"EG_{number}")
    with django_assert_num_queries(len(for_one)):
        assert page(staff).count(">Watch</a>") == 21


# What nobody may


def test_a_recording_is_never_added_changed_or_deleted(staff: Client, ann: Participant) -> None:
    recording = completed(ann)
    assert staff.get(f"{RECORDINGS}add/").status_code == 403
    assert staff.post(f"{RECORDINGS}add/", {"status": "completed"}).status_code == 403
    assert staff.post(f"{RECORDINGS}{recording.pk}/change/", {"status": "failed"}).status_code == 403
    assert staff.post(f"{RECORDINGS}{recording.pk}/delete/", {"post": "yes"}).status_code == 403
    staff.post(RECORDINGS, {"action": "delete_selected", "_selected_action": recording.pk, "post": "yes"})
    assert after(recording).status == Status.COMPLETED
    shown = page(staff, recording)
    assert 'name="_save"' not in shown and 'name="status"' not in shown
    assert "delete_selected" not in page(staff)


def test_who_may_not_look_sees_and_asks_nothing(ann: Participant, fake_egress: FakeEgress) -> None:
    recording = made(ann, Status.RECORDING, egress_id="EG_1")
    colleague = staff_who_may("view_ledgerentry")
    assert colleague.get(RECORDINGS).status_code == 403
    assert colleague.get(f"{RECORDINGS}{recording.pk}/change/").status_code == 403
    answer = colleague.post(RECORDINGS, {"action": "ask_again", "_selected_action": recording.pk})
    assert (answer.status_code, fake_egress.asked) == (403, [])


def test_who_may_only_look_asks_nothing(ann: Participant, fake_egress: FakeEgress) -> None:
    recording = made(ann, Status.RECORDING, egress_id="EG_1")
    colleague = staff_who_may("view_recording", "download_recording")
    assert "EG_1" in page(colleague)
    assert "Ask LiveKit again" not in page(colleague)
    ask(colleague, recording)
    assert (fake_egress.asked, LogEntry.objects.count()) == ([], 0)


def test_who_may_change_recordings_may_ask_which_is_written_down(
    ann: Participant, fake_egress: FakeEgress, sent: list[FollowUp]
) -> None:
    recording = made(ann, Status.RECORDING, egress_id="EG_1")
    colleague = staff_who_may("view_recording", "change_recording")
    assert "recording." in ask(colleague, recording)
    assert fake_egress.asked
    assert LogEntry.objects.get().change_message == "Asked LiveKit again."


# Asking LiveKit again


def ask(staff: Client, *recordings: Recording) -> str:
    """The page that staff see next."""
    chosen = {"action": "ask_again", "_selected_action": [recording.pk for recording in recordings]}
    answer = staff.post(RECORDINGS, chosen, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def tone(shown: str, text: str) -> str:
    """Of the message that has this text: success, info or error."""
    [found] = [kind for kind, said in re.findall(r'<li class="(\w+)">(.*?)</li>', shown) if text in said]
    return str(found)


def recorded(ann: Participant, egress: FakeEgress, state: EgressState, **facts: Any) -> Recording:
    """One that is recording as far as we know; LiveKit knows better."""
    info = egress.begins(ann.meeting.code, FILE, state, **facts)
    return made(ann, Status.RECORDING, egress_id=info.id)


def test_a_recording_that_goes_on_is_reported_as_such(
    staff: Client, ann: Participant, fake_egress: FakeEgress
) -> None:
    recording = recorded(ann, fake_egress, EgressState.ACTIVE)
    assert tone(ask(staff, recording), f"{recording}: recording.") == "info"


def test_a_recording_whose_end_was_never_reported_is_brought_to_its_end(
    staff: Client, ann: Participant, fake_egress: FakeEgress, sent: list[FollowUp]
) -> None:
    recording = recorded(ann, fake_egress, EgressState.COMPLETE, seconds=50)
    assert tone(ask(staff, recording), f"{recording}: processing.") == "info"
    assert (after(recording).status, after(recording).seconds, sent) == (
        Status.PROCESSING,
        50,
        [saves(recording)],
    )


def test_a_recording_whose_file_has_come_is_completed(
    staff: Client, ann: Participant, fake_storage: FakeStorage
) -> None:
    recording = made(ann, Status.PROCESSING, egress_id="EG_1", finished_at=noon(50), seconds=40)
    fake_storage.objects[FILE] = 1_000
    assert tone(ask(staff, recording), f"{recording}: completed.") == "success"
    assert (after(recording).status, after(recording).size_bytes) == (Status.COMPLETED, 1_000)


def test_a_recording_that_failed_says_why(staff: Client, ann: Participant, fake_egress: FakeEgress) -> None:
    recording = recorded(ann, fake_egress, EgressState.FAILED, error="page crashed", seconds=9)
    assert tone(ask(staff, recording), f"{recording}: failed. {reasons.BROKE_OFF}") == "error"
    assert after(recording).details == "page crashed"


def test_a_part_of_a_failed_recording_that_came_late_is_found(
    staff: Client, ann: Participant, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    info = fake_egress.begins(ann.meeting.code, FILE, EgressState.FAILED)
    recording = made(ann, Status.FAILED, egress_id=info.id, failure_reason=reasons.BROKE_OFF)
    fake_storage.objects[FILE] = 7
    ask(staff, recording)
    assert (after(recording).status, after(recording).size_bytes) == (Status.FAILED, 7)


def test_a_recording_that_nobody_was_asked_for_is_started(
    staff: Client, ann: Participant, sent: list[FollowUp]
) -> None:
    recording = recording_of(ann.meeting, ann)
    assert tone(ask(staff, recording), f"{recording}: pending.") == "info"
    assert sent == [starts(recording)]


def test_a_recording_of_a_meeting_that_is_over_is_stopped(
    staff: Client, ann: Participant, fake_egress: FakeEgress, sent: list[FollowUp]
) -> None:
    recording = recorded(ann, fake_egress, EgressState.ACTIVE)
    Meeting.objects.update(ended_at=noon(30))
    ask(staff, recording)
    assert sent == [stops(recording)]


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.DROPPED])
def test_a_recording_that_is_over_remains_so(
    staff: Client, ann: Participant, fake_egress: FakeEgress, status: Status
) -> None:
    info = fake_egress.begins(ann.meeting.code, FILE, EgressState.FAILED)
    recording = made(ann, status, egress_id=info.id)
    assert f"{recording}: {status}." in ask(staff, recording)
    assert after(recording).status == status


def test_several_recordings_are_asked_for_at_once(
    staff: Client, ann: Participant, fake_egress: FakeEgress
) -> None:
    recordings = [completed(ann, egress_id=f"EG_{number}") for number in (1, 2)]
    shown = ask(staff, *recordings)
    assert shown.count(": completed.") == 2
    assert fake_egress.asked_to("get_egress") == [("EG_2",), ("EG_1",)]


def test_while_livekit_is_away_nothing_is_changed(
    staff: Client, ann: Participant, fake_egress: FakeEgress
) -> None:
    recording = recorded(ann, fake_egress, EgressState.FAILED)
    fake_egress.is_away = True
    assert tone(ask(staff, recording), f"{recording}: nothing was changed. Away.") == "error"
    assert after(recording).status == Status.RECORDING


def test_while_the_storage_is_away_nothing_is_changed(
    staff: Client, ann: Participant, fake_storage: FakeStorage
) -> None:
    recording = made(ann, Status.PROCESSING, egress_id="EG_1", finished_at=noon(50))
    fake_storage.is_away = True
    assert tone(ask(staff, recording), f"{recording}: nothing was changed. Away.") == "error"
    assert after(recording).status == Status.PROCESSING
