from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from billing.settling import due, settle
from inbox import reconcile as reconciler
from inbox.apply import apply
from inbox.reconcile import reconcile
from meetings.models import Meeting, Status
from participants.attendance import connection_of, show
from participants.connections import Connection
from participants.models import Admission, Participant
from tests.conftest import NOON, UNKNOWN_CODE, FakeLiveKit, connected, noon, race, usage_of
from tests.inbox.conftest import event_body, joined, left, stored
from upclass.livekit import Person


def seen(sid: str, identity: str = "ann", joined_at: datetime = NOON) -> Person:
    return Person(sid=sid, identity=identity, name="Ann", joined_at=joined_at)


@pytest.fixture
def connection(meeting: Meeting) -> Connection:
    """Ann, connected since noon."""
    apply(stored(joined(meeting.code, "PA_1")), NOON)
    return Connection.objects.get()


def left_at(connection: Connection) -> datetime | None:
    connection.refresh_from_db()
    return connection.left_at


def test_who_is_seen_remains(meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    for poll in (30, 60, 90):
        reconcile(noon(poll))
    assert left_at(connection) is None
    assert (connection.last_shown_at, connection.missed_polls) == (noon(90), 0)
    assert fake_livekit.asked == [("rooms",)] * 3


def test_who_is_absent_in_two_polls_left_when_last_seen(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(30))
    fake_livekit.people = {}
    reconcile(noon(60))
    assert left_at(connection) is None
    reconcile(noon(90))
    assert left_at(connection) == noon(30)
    assert connection.is_left_guessed


def test_who_was_never_seen_left_when_they_joined(connection: Connection, fake_livekit: FakeLiveKit) -> None:
    reconcile(noon(30))
    reconcile(noon(60))
    assert left_at(connection) == NOON


def test_absent_now_and_then_is_not_absent_in_two_polls(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    for poll, people in enumerate([[], [seen("PA_1")], [], [seen("PA_1")], []]):
        fake_livekit.people = {meeting.code: people}
        reconcile(noon(30 * (poll + 1)))
    assert left_at(connection) is None


def test_who_is_there_unknown_is_known_from_now_on(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.people = {secured.code: [seen("PA_1", person.identity), seen("PA_2", "eve")]}
    reconcile(noon(30))
    first, second = Connection.objects.all()
    assert (first.participant, first.joined_at, first.left_at) == (person, NOON, None)
    assert (second.participant.is_guest, second.participant.display_name) == (True, "Ann")
    assert {first.last_shown_at, second.last_shown_at} == {noon(30)}


def test_a_wrongly_guessed_leave_is_undone(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    reconcile(noon(30))
    reconcile(noon(60))
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(90))
    assert left_at(connection) is None
    assert (connection.is_left_guessed, connection.missed_polls, connection.last_shown_at) == (
        False,
        0,
        noon(90),
    )


def test_a_join_that_is_applied_again_does_not_undo_a_guess(meeting: Meeting, connection: Connection) -> None:
    reconcile(noon(30))
    reconcile(noon(60))
    apply(stored(joined(meeting.code, "PA_1")), noon(70))
    assert left_at(connection) == NOON


def test_an_exact_late_event_replaces_a_guess_for_good(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    reconcile(noon(30))
    reconcile(noon(60))
    apply(stored(left(meeting.code, "PA_1", NOON, noon(20))), noon(90))
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(120))
    assert left_at(connection) == noon(20)
    assert not connection.is_left_guessed


def test_while_livekit_is_away_nothing_is_touched(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit, caplog: pytest.LogCaptureFixture
) -> None:
    Meeting.objects.update(ended_at=NOON)
    fake_livekit.is_away = True
    for poll in (30, 60, 90):
        reconcile(noon(poll))
    assert left_at(connection) is None
    assert (connection.missed_polls, connection.last_shown_at) == (0, NOON)
    assert caplog.messages == ["nothing was compared: away"] * 3


def test_a_meeting_without_a_room_is_no_mistake(
    meeting: Meeting, secured: Meeting, fake_livekit: FakeLiveKit, caplog: pytest.LogCaptureFixture
) -> None:
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(30))
    assert not caplog.messages


@pytest.mark.parametrize("facts", [{"ended_at": NOON}, {"expires_at": NOON}, {"cancelled_at": NOON}])
@pytest.mark.parametrize("people", [[], [seen("PA_1"), seen("PA_2", "ben")]])
def test_the_room_of_a_meeting_that_is_over_is_closed_once_a_poll(
    meeting: Meeting, fake_livekit: FakeLiveKit, facts: dict[str, datetime], people: list[Person]
) -> None:
    Meeting.objects.update(**facts)
    fake_livekit.people = {meeting.code: people}
    reconcile(noon(30))
    assert fake_livekit.closed == [meeting.code]
    assert Connection.objects.count() == len(people)


@pytest.mark.parametrize("expires_at", [None, noon(60)])
@pytest.mark.parametrize("fact", ["removed_at", "barred_at"])
def test_a_removed_or_barred_person_found_inside_is_ejected(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit, expires_at: datetime | None, fact: str
) -> None:
    Meeting.objects.update(expires_at=expires_at)
    connected(person, NOON)
    Participant.objects.update(**{fact: noon(10)})
    fake_livekit.people = {secured.code: [seen(Connection.objects.get().sid, person.identity)]}
    reconcile(noon(30))
    assert fake_livekit.ejected == [(secured.code, person.identity)]


def test_a_room_that_is_no_meeting_is_nobodys(db: None, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.people = {UNKNOWN_CODE: [seen("PA_1")], "somebody's own": [seen("PA_2")]}
    reconcile(NOON)
    assert not Participant.objects.exists()
    assert fake_livekit.asked == [("rooms",)]


def test_whoever_has_a_name_too_long_for_us_is_known_by_its_beginning(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    long = Person(sid="PA_1", identity="i" * 999, name="\0\u202e" + "n" * 999, joined_at=NOON)
    fake_livekit.people = {meeting.code: [long]}
    reconcile(noon(30))
    person = Connection.objects.get().participant
    assert (person.identity, person.display_name) == ("i" * 255, "n" * 100)


def test_whom_only_the_reconciler_saw_has_their_admission_too(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    admission = Admission.objects.create(participant=person, created_at=NOON)
    there = Person("PA_1", person.identity, "Ann", NOON, str(admission.pk))
    fake_livekit.people = {secured.code: [there]}
    reconcile(NOON)
    assert Connection.objects.get().admission == admission


def test_a_meeting_that_fails_does_not_hold_up_the_others(
    meeting: Meeting,
    secured: Meeting,
    fake_livekit: FakeLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def compare(failing: Meeting, *rest: Any) -> None:
        if failing == meeting:
            raise RuntimeError("the reason")
        unbroken(failing, *rest)

    unbroken = reconciler.compare
    monkeypatch.setattr(reconciler, "compare", compare)
    fake_livekit.people = {meeting.code: [seen("PA_1")], secured.code: [seen("PA_2", "ben")]}
    reconcile(noon(30))
    assert Connection.objects.get().sid == "PA_2"
    assert caplog.messages == [f"room {meeting.code} could not be compared"]


def test_an_empty_room_does_not_end_a_meeting(meeting: Meeting, connection: Connection) -> None:
    apply(stored(left(meeting.code, "PA_1", NOON, noon(20))), noon(20))
    apply(stored(event_body("room_finished", meeting.code)), noon(320))
    for poll in range(330, 3600, 30):
        reconcile(noon(poll))
    assert Meeting.objects.get().status(noon(3600)) is Status.ACTIVE


# Rooms that do not answer


def test_a_room_that_does_not_answer_is_not_compared_and_the_others_are(
    meeting: Meeting,
    connection: Connection,
    secured: Meeting,
    person: Participant,
    fake_livekit: FakeLiveKit,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone = connected(person, NOON)
    fake_livekit.people = {secured.code: [seen("PA_2", "ben")]}
    fake_livekit.unanswered = {meeting.code: "TimeoutError"}
    for poll in (30, 60, 90):
        reconcile(noon(poll))
    assert left_at(connection) is None
    assert (connection.missed_polls, connection.last_shown_at, connection.version) == (0, NOON, 2)
    assert left_at(gone) == NOON
    assert Connection.objects.get(sid="PA_2").last_shown_at == noon(90)
    expected = f"1 rooms did not answer and were not compared: {meeting.code} (TimeoutError)"
    assert caplog.messages == [expected] * 3


def test_only_polls_that_a_room_answered_count(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    for poll, unanswered in enumerate([{}, {meeting.code: "unavailable"}]):
        fake_livekit.unanswered = unanswered
        reconcile(noon(30 * (poll + 1)))
    assert left_at(connection) is None
    fake_livekit.unanswered = {}
    reconcile(noon(90))
    assert left_at(connection) == NOON


def test_a_room_that_is_listed_no_more_has_nobody_whatever_the_others_do(
    connection: Connection, secured: Meeting, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.unanswered = {secured.code: "unavailable", UNKNOWN_CODE: "unavailable"}
    for poll in (30, 60):
        reconcile(noon(poll))
    assert left_at(connection) == NOON


def test_the_room_of_a_meeting_that_is_over_is_closed_though_it_does_not_answer(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    Meeting.objects.update(ended_at=NOON)
    fake_livekit.unanswered = {meeting.code: "TimeoutError"}
    reconcile(noon(30))
    assert fake_livekit.closed == [meeting.code]


def test_of_many_rooms_that_do_not_answer_some_are_named(
    db: None, fake_livekit: FakeLiveKit, caplog: pytest.LogCaptureFixture
) -> None:
    fake_livekit.unanswered = dict.fromkeys("abcdefgh", "unavailable")
    reconcile(NOON)
    [line] = caplog.messages
    assert line.startswith("8 rooms did not answer") and line.endswith("e (unavailable), ...")


# What it costs


@pytest.fixture
def crowd(meeting: Meeting, fake_livekit: FakeLiveKit, request: pytest.FixtureRequest) -> list[Connection]:
    """So many people, connected and known."""
    fake_livekit.people = {
        meeting.code: [seen(f"PA_{number}", f"guest {number}") for number in range(request.param)]
    }
    reconcile(noon(30))
    return list(Connection.objects.all())


@pytest.mark.parametrize("crowd", [1, 50], indirect=True)
def test_people_who_are_known_cost_no_queries_of_their_own(
    crowd: list[Connection], django_assert_num_queries: Any
) -> None:
    # Meetings, who is known, heartbeats, who is back, and in a transaction who was missed.
    with django_assert_num_queries(7):
        reconcile(noon(60))
    assert [(one.version, one.last_shown_at) for one in Connection.objects.all()] == [
        (one.version, noon(60)) for one in crowd
    ]


@pytest.mark.parametrize("crowd", [50], indirect=True)
def test_only_those_of_whom_something_is_new_are_written(
    meeting: Meeting,
    crowd: list[Connection],
    fake_livekit: FakeLiveKit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def watched(of: Meeting, reported: Person, *rest: Any) -> Connection:
        asked.append(reported.sid)
        return connection_of(of, reported, *rest)

    monkeypatch.setattr(reconciler, "connection_of", watched)
    fake_livekit.people[meeting.code][7:9] = [seen("PA_7", "guest 7", noon(-5)), seen("PA_new", "ann")]
    Participant.objects.filter(identity="guest 3").update(barred_at=NOON)
    reconcile(noon(60))
    assert asked == ["PA_3", "PA_7", "PA_new"]
    assert Connection.objects.get(sid="PA_7").joined_at == noon(-5)
    assert Connection.objects.get(sid="PA_new").participant.identity == "ann"
    assert fake_livekit.ejected == [(meeting.code, "guest 3")]


@pytest.mark.parametrize("batch", [1, 2, 3])
@pytest.mark.parametrize("crowd", [5], indirect=True)
def test_many_people_are_written_batch_by_batch(
    crowd: list[Connection], monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(reconciler, "BATCH", batch)
    reconcile(noon(60))
    assert {one.last_shown_at for one in Connection.objects.all()} == {noon(60)}


def test_what_there_was_no_time_for_is_done_in_the_next_poll(
    meeting: Meeting,
    connection: Connection,
    secured: Meeting,
    fake_livekit: FakeLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(reconciler, "REPAIR_TIMEOUT", 0.0)
    fake_livekit.people = {meeting.code: [seen("PA_1")], secured.code: [seen("PA_2", "ben")]}
    reconcile(noon(30))
    connection.refresh_from_db()
    assert (connection.last_shown_at, Connection.objects.count()) == (noon(30), 1)
    assert caplog.messages == ["time was up before everything was repaired: the next poll goes on"]
    monkeypatch.setattr(reconciler, "REPAIR_TIMEOUT", 60.0)
    reconcile(noon(60))
    assert Connection.objects.count() == 2


# Beside events


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("was_shown", [False, True])
def test_whoever_is_taken_for_gone_while_a_poll_shows_them_was_there_until_then(
    meeting: Meeting, was_shown: bool
) -> None:
    for number in range(20):
        ann = Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)
        one = connected(ann, NOON)
        if was_shown:
            show([one.sid], noon(30), noon(30))
        same = Connection.objects.filter(pk=one.pk)
        both = [partial(show, [one.sid], noon(60), noon(60)), partial(same.close_lost, noon(60))]
        race(*both[:: 1 if number % 2 else -1])
        one = Connection.objects.get(pk=one.pk)
        assert (one.left_at or one.last_shown_at) == noon(60)


@pytest.mark.django_db(transaction=True)
def test_who_is_just_being_changed_is_not_waited_for(meeting: Meeting, connection: Connection) -> None:
    reconcile(noon(30))
    with transaction.atomic():
        Connection.objects.change(noon(30))
        race(partial(reconcile, noon(60)))
    assert left_at(connection) is None
    reconcile(noon(90))
    assert left_at(connection) == NOON


def test_a_room_closed_before_a_poll_showed_somebody_is_not_theirs(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(30))
    apply(stored(event_body("room_finished", meeting.code, noon(29))), noon(40))
    assert left_at(connection) is None
    apply(stored(event_body("room_finished", meeting.code, noon(30))), noon(40))
    assert left_at(connection) == noon(30)


def test_whose_time_of_joining_is_not_reported_came_when_first_seen(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.people = {meeting.code: [Person(sid="PA_1", identity="ann", name="Ann", joined_at=None)]}
    reconcile(noon(30))
    reconcile(noon(60))
    connection = Connection.objects.get()
    assert (connection.joined_at, connection.is_joined_guessed, connection.last_shown_at) == (
        noon(30),
        True,
        noon(60),
    )
    apply(stored(joined(meeting.code, "PA_1", noon(20))), noon(70))
    connection.refresh_from_db()
    assert (connection.joined_at, connection.is_joined_guessed, connection.last_shown_at) == (
        noon(20),
        False,
        noon(60),
    )


def test_who_came_after_the_poll_began_is_not_missed(
    connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    reconcile(NOON)
    connection.refresh_from_db()
    assert connection.missed_polls == 0


def test_who_left_is_not_missed(meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit) -> None:
    apply(stored(left(meeting.code, "PA_1", NOON, noon(20))), noon(20))
    version = Connection.objects.get().version
    for poll in (30, 60, 90):
        reconcile(noon(poll))
    assert left_at(connection) == noon(20)
    assert (connection.missed_polls, connection.version) == (0, version)


def test_somebody_whose_leave_is_known_is_not_brought_back_by_an_old_poll(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    apply(stored(left(meeting.code, "PA_1", NOON, noon(20))), noon(20))
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(15))
    assert left_at(connection) == noon(20)


def test_who_is_seen_in_a_meeting_that_is_over_costs_nothing_more(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    Meeting.objects.update(ended_at=noon(700))
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(3600))
    settle(meeting.pk, noon(3600))
    assert usage_of(meeting).seconds == 700


def test_what_a_poll_shows_is_settled(
    meeting: Meeting, connection: Connection, fake_livekit: FakeLiveKit
) -> None:
    settle(meeting.pk, NOON)
    fake_livekit.people = {meeting.code: [seen("PA_1")]}
    reconcile(noon(900))
    assert due() == [meeting.pk]
    settle(meeting.pk, noon(900))
    reconcile(noon(1800))
    fake_livekit.people = {}
    settle(meeting.pk, noon(1800))
    for poll in (1830, 1860):
        reconcile(noon(poll))
        settle(meeting.pk, noon(poll))
    assert (left_at(connection), usage_of(meeting).seconds) == (noon(1800), 1800)
