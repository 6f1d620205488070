"""What is known of connections, in whatever order it is reported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.models import Meeting
from participants.attendance import billed_seconds, connection_of, unsettle, up_to_date
from participants.connections import Connection, ConnectionQuerySet
from participants.models import Participant
from tests.conftest import NOON, ROUNDS, connected, noon, race

NOW = noon(5000)


@dataclass(frozen=True)
class Reported:
    """As LiveKit reports somebody."""

    sid: str = "PA_1"
    identity: str = "ann"
    name: str = "Ann"
    joined_at: datetime | None = None
    admission: str = ""


def known(connection: Connection) -> tuple[datetime, bool, datetime | None, bool, datetime]:
    connection.refresh_from_db()
    return (
        connection.joined_at,
        connection.is_joined_guessed,
        connection.left_at,
        connection.is_left_guessed,
        connection.last_seen_at,
    )


def only(connection: Connection) -> ConnectionQuerySet:
    return Connection.objects.filter(pk=connection.pk)


@pytest.fixture
def connection(person: Participant) -> Connection:
    """Open since noon, and settled."""
    return connected(person, NOON, settled_version=1)


# Joining


def test_whoever_is_reported_has_a_connection(secured: Meeting, person: Participant) -> None:
    made = connection_of(secured, Reported(identity=person.identity, joined_at=NOON), noon(5), NOW)
    assert known(made) == (NOON, False, None, False, NOON)
    assert (made.meeting, made.participant, made.sid) == (secured, person, "PA_1")
    assert (made.created_at, made.unsettled_since, made.version, made.settled_version) == (NOW, NOW, 1, 0)


def test_without_a_time_of_joining_they_came_when_they_were_reported(secured: Meeting) -> None:
    made = connection_of(secured, Reported(), noon(5), NOW)
    assert known(made) == (noon(5), True, None, False, noon(5))


def test_reported_again_it_is_the_same_connection(secured: Meeting) -> None:
    reported = Reported(joined_at=NOON)
    assert connection_of(secured, reported, NOON, NOW) == connection_of(secured, reported, noon(60), NOW)
    assert (Connection.objects.count(), Participant.objects.count()) == (1, 1)
    assert Connection.objects.get().version == 1


def test_an_exact_time_of_joining_replaces_a_guess(secured: Meeting) -> None:
    made = connection_of(secured, Reported(), noon(60), NOW)
    connection_of(secured, Reported(joined_at=noon(20)), noon(70), NOW)
    assert known(made)[:2] == (noon(20), False)


def test_a_guess_replaces_no_exact_time_of_joining(secured: Meeting) -> None:
    made = connection_of(secured, Reported(joined_at=noon(20)), noon(20), NOW)
    connection_of(secured, Reported(), noon(10), NOW)
    assert known(made)[:2] == (noon(20), False)


def test_of_two_guesses_the_earlier_stands(secured: Meeting) -> None:
    made = connection_of(secured, Reported(), noon(20), NOW)
    connection_of(secured, Reported(), noon(10), NOW)
    connection_of(secured, Reported(), noon(30), NOW)
    assert known(made)[:2] == (noon(10), True)


def test_an_exact_time_may_be_later_than_the_guess(secured: Meeting) -> None:
    made = connection_of(secured, Reported(), noon(20), NOW)
    connection_of(secured, Reported(joined_at=noon(21)), noon(21), NOW)
    assert known(made)[:2] == (noon(21), False)


def test_of_two_exact_times_of_joining_the_earlier_stands(connection: Connection) -> None:
    only(connection).set_joined_at(noon(-5), NOW)
    only(connection).set_joined_at(noon(3), NOW)
    assert known(connection)[:2] == (noon(-5), False)


@pytest.mark.django_db(transaction=True)
def test_reported_twice_at_once_it_is_one_connection_of_one_person(secured: Meeting) -> None:
    for number in ROUNDS:
        reported = Reported(f"PA_{number}", f"guest {number}", joined_at=NOON)
        made = race(*[partial(connection_of, secured, reported, NOON, NOW)] * 3)
        assert len({connection.pk for connection in made if isinstance(connection, Connection)}) == 1
    assert Participant.objects.count() == len(ROUNDS)


# Being seen, leaving, being lost


def test_who_is_seen_is_there(connection: Connection) -> None:
    Connection.objects.update(missed_polls=1)
    only(connection).set_seen_at(noon(60), NOW)
    assert known(connection) == (NOON, False, None, False, noon(60))
    assert connection.missed_polls == 0


def test_an_earlier_poll_changes_nothing(connection: Connection) -> None:
    only(connection).set_seen_at(noon(60), NOW)
    only(connection).set_seen_at(noon(59), NOW)
    assert known(connection)[4] == noon(60)


def test_who_is_lost_left_when_last_seen_as_far_as_we_know(connection: Connection) -> None:
    only(connection).set_seen_at(noon(60), NOW)
    only(connection).close_lost(NOW)
    assert known(connection)[2:] == (noon(60), True, noon(60))


def test_who_is_seen_after_a_guessed_leave_has_not_left(connection: Connection) -> None:
    only(connection).close_lost(NOW)
    only(connection).set_seen_at(noon(60), NOW)
    assert known(connection)[2:] == (None, False, noon(60))


def test_who_was_seen_before_a_guessed_leave_remains_away(connection: Connection) -> None:
    only(connection).set_seen_at(noon(60), NOW)
    only(connection).close_lost(NOW)
    only(connection).set_seen_at(noon(59), NOW)
    assert known(connection)[2:] == (noon(60), True, noon(60))


@pytest.mark.parametrize("at", [30, 60, 90])
def test_an_exact_leave_replaces_a_guess(connection: Connection, at: int) -> None:
    only(connection).set_seen_at(noon(60), NOW)
    only(connection).close_lost(NOW)
    only(connection).set_left_at(noon(at), NOW)
    assert known(connection)[2:4] == (noon(at), False)


def test_nothing_undoes_an_exact_leave(connection: Connection) -> None:
    only(connection).set_left_at(noon(60), NOW)
    before = known(connection)
    only(connection).set_seen_at(noon(90), NOW)
    only(connection).close_lost(NOW)
    only(connection).set_left_at(noon(61), NOW)
    assert known(connection) == before


def test_of_two_exact_leaves_the_earlier_stands(connection: Connection) -> None:
    only(connection).set_left_at(noon(60), NOW)
    only(connection).set_left_at(noon(50), NOW)
    assert known(connection)[2:4] == (noon(50), False)


def test_who_left_is_not_lost(connection: Connection) -> None:
    only(connection).set_left_at(noon(60), NOW)
    only(connection).close_lost(NOW)
    assert known(connection)[2:4] == (noon(60), False)


# Any order


def shown(at: datetime, meeting: Meeting, sid: str) -> None:
    """LiveKit showed them, and did not say since when they are there."""
    made = connection_of(meeting, Reported(sid), at, NOW)
    only(made).set_seen_at(at, NOW)


def came(meeting: Meeting, sid: str) -> None:
    connection_of(meeting, Reported(sid, joined_at=NOON), noon(1), NOW)


def left(meeting: Meeting, sid: str) -> None:
    only(connection_of(meeting, Reported(sid), noon(100), NOW)).set_left_at(noon(100), NOW)


def lost(meeting: Meeting, sid: str) -> None:
    Connection.objects.filter(sid=sid).close_lost(NOW)


Fact = Callable[[Meeting, str], None]
SHOWN = [partial(shown, noon(at)) for at in (10, 40, 70, 130)]
FACTS: list[Fact] = [came, left, left, lost, *SHOWN]
WITHOUT_LEAVING: list[Fact] = [came, *SHOWN[:3]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(facts=st.permutations(FACTS), number=st.uuids())
def test_in_any_order_the_same_facts_make_the_same_connection(
    secured: Meeting, facts: list[Fact], number: object
) -> None:
    for fact in facts:
        fact(secured, f"PA_{number}")
    found = Connection.objects.get(sid=f"PA_{number}")
    assert known(found)[:4] == (NOON, False, noon(100), False)
    assert billed_seconds(secured, [found]) == 100


def test_in_any_order_whoever_is_there_was_last_seen_at_the_latest_moment(secured: Meeting) -> None:
    for number, facts in enumerate(permutations(WITHOUT_LEAVING)):
        for fact in facts:
            fact(secured, f"PA_{number}")
        found = Connection.objects.get(sid=f"PA_{number}")
        assert known(found) == (NOON, False, None, False, noon(70))


@pytest.mark.django_db(transaction=True)
def test_facts_reported_at_once_make_the_same_connection(secured: Meeting) -> None:
    for number in ROUNDS:
        sid = f"PA_{number}"
        race(*[partial(fact, secured, sid) for fact in FACTS[::2]])
        assert known(Connection.objects.get(sid=sid))[:4] == (NOON, False, noon(100), False)


# Of whom there is nothing to write

MOMENT = st.integers(0, 2).map(noon)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(joined_at=MOMENT, is_guessed=st.booleans(), reported_at=st.none() | MOMENT, at=MOMENT)
def test_whoever_is_up_to_date_is_whom_a_report_would_not_change(
    person: Participant, joined_at: datetime, is_guessed: bool, reported_at: datetime | None, at: datetime
) -> None:
    known = connected(person, joined_at, is_joined_guessed=is_guessed)
    reported = Reported(sid=known.sid, identity=person.identity, joined_at=reported_at)
    is_up_to_date = known.sid in up_to_date([reported], at)
    connection_of(person.meeting, reported, at, NOW)
    assert (Connection.objects.get(sid=known.sid).version == known.version) is is_up_to_date


@pytest.mark.parametrize("fact", ["removed_at", "barred_at"])
def test_whoever_must_not_be_there_is_never_up_to_date(person: Participant, fact: str) -> None:
    known = connected(person, NOON)
    reported = [Reported(sid=known.sid, joined_at=NOON), Reported(sid="PA_unknown", joined_at=NOON)]
    assert list(up_to_date(reported, NOON)) == [known.sid]
    Participant.objects.update(**{fact: NOON})
    assert not list(up_to_date(reported, NOON))


# To be settled again


@pytest.mark.parametrize(
    "action",
    [
        lambda connection: connection.set_joined_at(noon(-9), NOW),
        lambda connection: connection.set_seen_at(noon(9), NOW),
        lambda connection: connection.set_left_at(noon(9), NOW),
        lambda connection: connection.close_lost(NOW),
        lambda connection: connection.change(NOW),
    ],
)
def test_what_changes_is_to_be_settled_since_now(
    connection: Connection, action: Callable[[ConnectionQuerySet], object]
) -> None:
    assert not Connection.objects.unsettled().exists()
    action(only(connection))
    [connection] = Connection.objects.unsettled()
    assert (connection.version, connection.settled_version, connection.unsettled_since) == (2, 1, NOW)


@pytest.mark.parametrize(
    "action",
    [
        lambda connection: connection.set_joined_at(noon(1), NOW),
        lambda connection: connection.set_seen_at(noon(90), NOW),
        lambda connection: connection.set_left_at(noon(60), NOW),
        lambda connection: connection.close_lost(NOW),
    ],
)
def test_what_says_nothing_new_is_not(
    connection: Connection, action: Callable[[ConnectionQuerySet], object]
) -> None:
    Connection.objects.update(left_at=noon(60))
    action(only(connection))
    assert not Connection.objects.unsettled().exists()


def test_it_waits_since_the_first_change_after_it_was_settled(connection: Connection) -> None:
    for at in (10, 20, 30):
        only(connection).set_seen_at(noon(at), noon(at))
    connection.refresh_from_db()
    assert (connection.version, connection.unsettled_since) == (4, noon(10))
    only(connection).update(settled_version=3)  # an event came while it was settled
    only(connection).set_seen_at(noon(40), noon(40))
    connection.refresh_from_db()
    assert (connection.version, connection.unsettled_since) == (5, noon(10))
    only(connection).update(settled_version=5)
    only(connection).set_seen_at(noon(50), noon(50))
    connection.refresh_from_db()
    assert (connection.version, connection.unsettled_since) == (6, noon(50))


def test_each_waits_on_its_own(person: Participant, connection: Connection) -> None:
    waiting = connected(person, NOON, version=3, settled_version=2)
    Connection.objects.change(NOW)
    assert list(Connection.objects.order_by("pk").values_list("unsettled_since", flat=True)) == [NOW, NOON]
    assert set(Connection.objects.unsettled()) == {connection, waiting}


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_are_all_counted(connection: Connection) -> None:
    race(*[partial(only(connection).change, noon(at)) for at in range(4)])
    connection.refresh_from_db()
    assert connection.version == 5


def test_one_connection_is_enough_for_a_meeting_to_be_counted_again(
    person: Participant, connection: Connection
) -> None:
    connected(person, NOON, settled_version=1)
    unsettle(person.meeting, NOW)
    assert list(Connection.objects.unsettled()) == [connection]


def test_other_meetings_are_not_counted_again(meeting: Meeting, connection: Connection) -> None:
    unsettle(meeting, NOW)
    assert not Connection.objects.unsettled().exists()
