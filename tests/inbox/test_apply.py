from datetime import datetime
from functools import partial
from itertools import batched
from typing import Any

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls import ending
from customers.models import Customer
from inbox.apply import ROOM_FINISHED, apply, apply_together
from inbox.connections import FACTS
from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Admission, Participant
from tests.conftest import NOON, ROUNDS, UNKNOWN_CODE, FakeLiveKit, noon, race
from tests.inbox.conftest import event_body, joined, left, stored


def apply_now(body: dict[str, Any], now: datetime = NOON) -> None:
    apply(stored(body), now)


def test_a_join_creates_a_connection_of_the_registered_person(secured: Meeting, person: Participant) -> None:
    apply_now(joined(secured.code, "PA_1", identity=person.identity))
    connection = Connection.objects.get()
    assert (connection.participant, connection.meeting, connection.sid) == (person, secured, "PA_1")
    assert (connection.joined_at, connection.left_at, connection.last_seen_at) == (NOON, None, NOON)


def test_a_connection_knows_the_admission_that_its_token_names(secured: Meeting, person: Participant) -> None:
    admission = Admission.objects.create(participant=person, created_at=noon(1))
    named = {"admission": str(admission.pk)}
    apply_now(joined(secured.code, "PA_1", identity=person.identity, attributes=named))
    assert Connection.objects.get().admission == admission


@pytest.mark.parametrize("named", ["", "x", "0", "-1", "9" * 18, "9" * 99, "1_0", "\u0661", None, 5, []])
def test_what_names_no_admission_of_theirs_is_ignored(
    secured: Meeting, person: Participant, named: object
) -> None:
    attributes = {"admission": named}
    apply_now(joined(secured.code, "PA_1", identity=person.identity, attributes=attributes))
    assert Connection.objects.get().admission is None


def test_an_admission_of_somebody_else_is_not_theirs(secured: Meeting, person: Participant) -> None:
    admission = Admission.objects.create(participant=person, created_at=NOON)
    named = {"admission": str(admission.pk)}
    apply_now(joined(secured.code, "PA_1", identity="somebody else", attributes=named))
    assert Connection.objects.get().admission is None


def test_a_leave_closes_it(secured: Meeting, person: Participant) -> None:
    apply_now(joined(secured.code, "PA_1", identity=person.identity))
    apply_now(left(secured.code, "PA_1", NOON, noon(60), identity=person.identity))
    connection = Connection.objects.get()
    assert (connection.left_at, connection.is_left_guessed) == (noon(60), False)


def test_a_leave_whose_join_never_came_has_both(meeting: Meeting) -> None:
    apply_now(left(meeting.code, "PA_1", NOON, noon(60)))
    connection = Connection.objects.get()
    assert (connection.joined_at, connection.left_at) == (NOON, noon(60))


def test_a_join_that_comes_after_its_leave_reopens_nothing(meeting: Meeting) -> None:
    apply_now(left(meeting.code, "PA_1", NOON, noon(60)))
    apply_now(joined(meeting.code, "PA_1"))
    assert Connection.objects.get().left_at == noon(60)


def test_a_reconnect_is_a_connection_of_its_own_of_the_same_person(meeting: Meeting) -> None:
    apply_now(joined(meeting.code, "PA_1"))
    apply_now(joined(meeting.code, "PA_2", noon(60)))
    assert (Connection.objects.count(), Participant.objects.count()) == (2, 1)


def test_an_exact_event_replaces_a_guess(meeting: Meeting) -> None:
    apply_now(joined(meeting.code, "PA_1"))
    Connection.objects.update(left_at=noon(30), is_left_guessed=True)
    apply_now(left(meeting.code, "PA_1", NOON, noon(45)))
    connection = Connection.objects.get()
    assert (connection.left_at, connection.is_left_guessed) == (noon(45), False)


def test_an_exact_join_replaces_what_a_leave_let_us_guess(meeting: Meeting) -> None:
    body = left(meeting.code, "PA_1", NOON, noon(60))
    del body["participant"]["joinedAt"]
    apply_now(body)
    connection = Connection.objects.get()
    assert (connection.joined_at, connection.is_joined_guessed, connection.left_at) == (
        noon(60),
        True,
        noon(60),
    )
    apply_now(joined(meeting.code, "PA_1", noon(5)))
    connection.refresh_from_db()
    assert (connection.joined_at, connection.is_joined_guessed, connection.left_at) == (
        noon(5),
        False,
        noon(60),
    )


def test_a_join_shows_that_they_were_seen(meeting: Meeting) -> None:
    """Its event may be created later than they joined."""
    body = joined(meeting.code, "PA_1")
    apply_now({**body, "createdAt": str(int(noon(3).timestamp()))})
    assert Connection.objects.get().last_seen_at == noon(3)


@pytest.mark.parametrize(("name", "shown"), [("Eve", "Eve"), ("", "Guest"), ("  ", "Guest")])
def test_whoever_is_there_is_a_person_also_unknown_ones(secured: Meeting, name: str, shown: str) -> None:
    apply_now(joined(secured.code, "PA_1", identity="nobody we know", name=name))
    guest = Connection.objects.get().participant
    assert (guest.display_name, guest.is_guest, guest.meeting) == (shown, True, secured)


@pytest.mark.parametrize(
    "body",
    [
        joined(UNKNOWN_CODE, "PA_1"),
        joined("", "PA_1"),
        {"event": "room_started", "id": "EV_1", "room": {"name": UNKNOWN_CODE}},
        {"unreadable": "hello"},
        {},
    ],
)
def test_another_event_is_marked_and_changes_nothing(meeting: Meeting, body: dict[str, Any]) -> None:
    apply_now(body, noon(5))
    assert InboundWebhook.objects.get().applied_at == noon(5)
    assert not Connection.objects.exists()


def test_unknown_events_of_a_meeting_change_nothing(meeting: Meeting) -> None:
    apply_now(event_body("moon_landing", meeting.code, sid="PA_1"))
    assert not Participant.objects.exists()


@pytest.mark.parametrize("event", sorted((*FACTS, ROOM_FINISHED)))
def test_what_an_event_changes_is_to_be_settled_since_it_was_applied(meeting: Meeting, event: str) -> None:
    apply_now(joined(meeting.code, "PA_1"))
    Connection.objects.update(settled_version=F("version"))
    apply_now(event_body(event, meeting.code, noon(60), sid="PA_1"), noon(70))
    assert Connection.objects.unsettled().get().unsettled_since == noon(70)


# Who is ejected


def test_nobody_is_ejected_from_a_meeting_that_runs(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    apply_now(joined(secured.code, "PA_1", identity=person.identity))
    assert not fake_livekit.asked


def test_a_removed_person_who_comes_back_on_an_old_token_is_ejected(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    person.mark_removed(NOON)
    apply_now(joined(secured.code, "PA_1", noon(5), identity=person.identity), noon(5))
    assert fake_livekit.ejected == [(secured.code, person.identity)]
    assert Connection.objects.get().participant == person


def test_a_barred_person_who_comes_back_on_an_old_token_is_ejected_and_their_time_is_known(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    Participant.objects.update(barred_at=NOON)
    apply_now(joined(secured.code, "PA_1", noon(5), identity=person.identity), noon(5))
    apply_now(left(secured.code, "PA_1", noon(5), noon(7), identity=person.identity), noon(7))
    assert fake_livekit.ejected == [(secured.code, person.identity)]
    assert (Connection.objects.get().participant, Connection.objects.get().left_at) == (person, noon(7))


def test_whoever_was_let_back_in_is_not_ejected(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    Participant.objects.update(barred_at=NOON)
    person.lift_bar()
    apply_now(joined(secured.code, "PA_1", noon(5), identity=person.identity), noon(5))
    assert not fake_livekit.asked


@pytest.mark.parametrize("facts", [{"ended_at": NOON}, {"expires_at": NOON}])
def test_whoever_comes_into_a_meeting_that_is_over_is_ejected_and_costs_nothing(
    meeting: Meeting, fake_livekit: FakeLiveKit, facts: dict[str, datetime]
) -> None:
    Meeting.objects.update(**facts)
    apply_now(joined(meeting.code, "PA_1", noon(5)), noon(5))
    assert fake_livekit.closed == [meeting.code]
    assert Participant.objects.get().total_minutes(noon(3600)) == 0


def test_a_late_webhook_of_a_join_before_a_cancel_is_stored_and_closes_the_room(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    ending.cancel_meeting(meeting, noon(10))
    apply_now(joined(meeting.code, "PA_1", noon(5)), noon(20))
    meeting.refresh_from_db()
    assert (meeting.cancelled_at, Connection.objects.get().joined_at) == (noon(10), noon(5))
    assert fake_livekit.closed == [meeting.code]


def test_an_event_is_applied_also_while_livekit_is_away(meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    Meeting.objects.update(ended_at=NOON)
    fake_livekit.is_away = True
    apply_now(joined(meeting.code, "PA_1"))
    assert InboundWebhook.objects.get().applied_at


# Any order, doubled, at once


CONNECTIONS = [("PA_1", "ann", 0, 60), ("PA_2", "ann", 70, 70), ("PA_3", "ben", 30, None)]


def everything(room: str) -> list[dict[str, Any]]:
    """All events of the connections; sids are LiveKit's own and differ between rooms."""
    joins = [joined(room, sid + room, noon(came), identity=who) for sid, who, came, _ in CONNECTIONS]
    leaves = [
        left(room, sid + room, noon(came), noon(went), identity=who)
        for sid, who, came, went in CONNECTIONS
        if went is not None
    ]
    return joins + leaves


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    order=st.permutations(range(5)),
    doubled=st.lists(st.integers(0, 4), max_size=5),
)
def test_in_any_order_and_doubled_it_ends_in_the_same_connections(
    customer: Customer, order: list[int], doubled: list[int]
) -> None:
    meeting = Meeting.objects.create(customer=customer, created_at=NOON)
    bodies = everything(meeting.code)
    for number in [*order, *doubled]:
        apply_now(bodies[number], noon(99))
    expected = {
        (sid + meeting.code, who, noon(came), None if went is None else noon(went))
        for sid, who, came, went in CONNECTIONS
    }
    found = Connection.objects.of(meeting).values_list("sid", "participant__identity", "joined_at", "left_at")
    assert set(found) == expected
    assert Participant.objects.of(meeting).count() == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(order=st.permutations(range(6)), size=st.integers(2, 6))
def test_together_as_one_by_one_it_ends_in_the_same_connections(
    customer: Customer, order: list[int], size: int
) -> None:
    """Also with the end of a room, which is made anew later."""
    one_by_one, together = (Meeting.objects.create(customer=customer, created_at=NOON) for _ in range(2))
    for meeting, at_once in ((one_by_one, 1), (together, size)):
        bodies = [*everything(meeting.code), event_body("room_finished", meeting.code, noon(20))]
        for some in batched([bodies[number] for number in order], at_once, strict=False):
            for webhook in apply_together([stored(body) for body in some], noon(99)).left:
                apply(webhook, noon(99))
    assert facts_of(one_by_one) == facts_of(together)


def facts_of(meeting: Meeting) -> list[Any]:
    facts = ("participant__identity", "joined_at", "left_at", "is_left_guessed", "last_seen_at")
    return list(Connection.objects.of(meeting).order_by("sid").values_list(*facts))


@pytest.mark.django_db(transaction=True)
def test_the_same_event_applied_twice_at_once_is_one_connection_of_one_guest(meeting: Meeting) -> None:
    for number in ROUNDS:
        webhook = stored(joined(meeting.code, f"PA_{number}", identity=f"guest {number}"))
        race(*[partial(apply, webhook, NOON)] * 3)
    assert Connection.objects.count() == Participant.objects.count() == len(ROUNDS)


@pytest.mark.django_db(transaction=True)
def test_a_join_and_its_leave_at_once_are_one_connection_that_ended(meeting: Meeting) -> None:
    for number in ROUNDS:
        first = stored(joined(meeting.code, f"PA_{number}"))
        second = stored(left(meeting.code, f"PA_{number}", NOON, noon(60)))
        race(partial(apply, first, NOON), partial(apply, second, NOON))
    assert [connection.left_at for connection in Connection.objects.all()] == [noon(60)] * len(ROUNDS)
    assert Participant.objects.count() == 1
