"""What is counted from changes alone is what all that is known adds up to, whatever changed."""

from collections.abc import Callable
from functools import partial
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import ledger
from billing.checking import check, owed
from billing.models import MeetingUsage, SettledSpan
from billing.settling import due, settle, settle_all
from calls import ending
from customers.models import Customer
from meetings.models import Meeting
from participants.attendance import billed_seconds, show
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, ROUNDS, connected, noon, race, usage_of
from tests.plans import analyze, indexes_used, tables_read_whole
from tests.rows import execute
from upclass.shards import SHARDS

PEOPLE = [("a", "1"), ("a", "2"), ("a", "3"), ("b", "4"), (None, "a"), (None, "6")]  # the first three are one
VISITS = 1000  # of each
REGISTER = """INSERT INTO participants_participant
    (meeting_id, external_user_id, display_name, role, code, identity, created_at)
SELECT %s, 'user-' || n, 'John', 'attendee', n, n, %s FROM generate_series(1, 2000) n"""
COME = """INSERT INTO participants_connection
    (meeting_id, participant_id, sid, session_id, joined_at, is_joined_guessed, left_at, is_left_guessed,
     last_seen_at, missed_polls, created_at, version, settled_version, unsettled_since)
SELECT meeting_id, id, id || '/' || n, '', created_at + n * interval '60 s', false,
    created_at + n * interval '60 s' + interval '90 s', false, created_at, 0, created_at, 1, 1, created_at
FROM participants_participant, generate_series(1, %s) n WHERE meeting_id = %s"""


def registered(meeting: Meeting) -> list[Participant]:
    """The former registrations of those who were registered anew are removed."""
    facts = {"meeting": meeting, "display_name": "Ann", "created_at": NOON}
    return Participant.objects.bulk_create(
        Participant(
            external_user_id=who,
            identity=identity,
            code=identity,
            removed_at=NOON if identity in "12" else None,
            **facts,
        )
        for who, identity in PEOPLE
    )


def changes(random: Random, people: list[Participant]) -> list[Callable[[], object]]:
    """What may be known next, at any time and in any order."""
    at, left, now = noon(random.randrange(3000)), noon(random.randrange(3000)), noon(5000)
    known = [0, *Connection.objects.values_list("pk", flat=True)]
    one = Connection.objects.filter(pk=random.choice(known))
    return [
        partial(connected, random.choice(people), at, random.choice([None, left]), last_seen_at=at),
        partial(one.set_seen_at, at, now),
        partial(show, list(one.values_list("sid", flat=True)), at, now),
        partial(one.set_left_at, at, now),
        partial(one.set_joined_at, at, now),
        partial(one.close_lost, now),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_changes_between_it_is_booked_as_if_all_were_counted_anew(
    customer: Customer, meeting: Meeting, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  not for secrets
    people = registered(meeting)
    for _ in range(25):
        for _ in range(random.randrange(4)):
            random.choice(changes(random, people))()
        if random.random() < 0.1:
            ends_at = random.choice([None, noon(random.randrange(3000))])
            Meeting.objects.update(expires_at=ends_at)
            meeting.refresh_from_db()
            Connection.objects.change(noon(5000))
        settle(meeting.pk, noon(5000))
        all_of_it = Connection.objects.of(meeting).select_related("participant")
        assert usage_of(meeting) == owed(meeting, all_of_it)
        assert due() == []
    closed = Connection.objects.filter(left_at__isnull=False)
    assert set(SettledSpan.objects.values_list("pk")) == set(closed.values_list("pk"))
    assert MeetingUsage.objects.get().closed_seconds == billed_seconds(
        meeting, closed.select_related("participant")
    )
    assert check([customer], noon(5000)).wrong == []


def test_a_poll_leaves_connections_alone_and_their_meeting_to_be_settled(meeting: Meeting) -> None:
    ann, *_ = registered(meeting)
    sids = [connected(ann, NOON).sid, connected(ann, noon(100)).sid]
    settle(meeting.pk, noon(100))
    for at in (700, 800):
        show(sids, noon(at), noon(at))
        assert (due(), Connection.objects.unsettled().count()) == ([meeting.pk], 0)
        entry = settle(meeting.pk, noon(at))
        assert (entry and entry.seconds, due()) == ({700: 700, 800: 100}[at], [])
        show(sids, noon(at), noon(at))
        assert due() == []


def test_a_meeting_of_before_its_sums_were_kept_is_booked_no_further(
    meeting: Meeting, customer: Customer
) -> None:
    ann, *_ = registered(meeting)
    connected(ann, NOON, noon(3600))
    settle(meeting.pk, noon(3600))
    SettledSpan.objects.all().delete()
    MeetingUsage.objects.all().delete()
    connected(ann, noon(4000), noon(4100))
    entry = settle(meeting.pk, noon(5000))
    assert entry and (entry.seconds, usage_of(meeting).seconds) == (100, 3700)


# What it costs


@pytest.fixture
def standing(meeting: Meeting, secured: Meeting) -> Meeting:
    """A room in which two people are, and in which as many as in another one were, all of it settled."""
    people = registered(meeting)
    execute(COME, VISITS, meeting.pk)
    execute(REGISTER, secured.pk, NOON)
    execute(COME, 10, secured.pk)
    for person in people[-2:]:
        connected(person, noon(VISITS * 60), last_seen_at=noon(VISITS * 60 + 3600))
    settle(meeting.pk, NOON)
    analyze(Connection, SettledSpan, Participant)
    return meeting


def test_of_a_room_in_which_many_were_only_what_changed_is_read(standing: Meeting) -> None:
    """Who is there, and their last two visits each, which overlap."""
    Connection.objects.of(standing).open().set_seen_at(noon(VISITS * 60 + 3700), NOON)
    with CaptureQueriesContext(connection) as asked:
        assert settle(standing.pk, NOON)
    read = [
        query["sql"] for query in asked if query["sql"].startswith(('SELECT "participants_c', "SELECT span"))
    ]
    assert len(read) == 2
    with connection.cursor() as cursor:
        for sql in read:
            cursor.execute(sql)
            assert cursor.rowcount <= 4


def test_what_changed_is_found_by_indexes(standing: Meeting) -> None:
    Connection.objects.of(standing).open().set_seen_at(noon(VISITS * 60 + 3700), NOON)
    used = indexes_used(lambda: settle(standing.pk, NOON), Connection, Participant)
    assert {"connections_of_meeting", "unsettled_connections"} <= used


def test_what_is_due_is_found_without_reading_whoever_came(standing: Meeting) -> None:
    open_ones = Connection.objects.of(standing).open()
    show(list(open_ones.values_list("sid", flat=True)), noon(VISITS * 60 + 3700), NOON)
    assert due(standing.pk % SHARDS) == [standing.pk]
    read_whole = tables_read_whole(lambda: due(standing.pk % SHARDS))
    assert not read_whole & {"participants_connection", "participants_participant"}


# At once


@pytest.mark.django_db(transaction=True)
def test_settled_by_several_at_once_each_meeting_is_booked_once(customer: Customer) -> None:
    for _ in ROUNDS:
        meetings = [Meeting.objects.create(customer=customer, created_at=NOON) for _ in range(6)]
        for meeting in meetings:
            ann, *_ = registered(meeting)
            connected(ann, NOON, noon(3600))
        every = [meeting.pk for meeting in meetings]
        race(*[partial(settle_all, some, NOON) for some in (every, every[::-1], every[2:], every[:4])])
        settle_all(due(), NOON)
        assert [usage_of(meeting).seconds for meeting in meetings] == [3600] * 6
    assert ledger.balance(customer) == 150 - 6 * len(ROUNDS)
    assert check([customer], NOON).wrong == []


@pytest.mark.django_db(transaction=True)
def test_somebody_whom_a_poll_shows_is_not_lost_beside_settling(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        ann, ben, *_ = registered(meeting)
        sids = [connected(ann, NOON).sid, connected(ben, NOON).sid]
        for at in (700, 800):
            settling = partial(settle, meeting.pk, noon(at))
            race(settling, partial(show, sids, noon(at), noon(at)), settling)
        settle_all(due(), NOON)
        assert (usage_of(meeting).seconds, due()) == (800, [])


@pytest.mark.django_db(transaction=True)
def test_a_late_leave_of_somebody_counted_is_not_lost_beside_settling(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        ann, *_ = registered(meeting)
        connected(ann, NOON, noon(1800), is_left_guessed=True)
        settle(meeting.pk, NOON)
        connected(ann, noon(1000), noon(3000))
        known = Connection.objects.of(meeting)
        settling = partial(settle, meeting.pk, NOON)
        race(settling, partial(known.filter(left_at=noon(1800)).set_left_at, noon(700), NOON), settling)
        settle_all(due(), NOON)
        assert usage_of(meeting).seconds == 2700


@pytest.mark.django_db(transaction=True)
def test_somebody_back_who_was_taken_for_gone_is_not_lost_beside_settling(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        ann, *_ = registered(meeting)
        connected(ann, NOON, noon(900), is_left_guessed=True, last_seen_at=noon(900))
        settle(meeting.pk, NOON)
        Connection.objects.of(meeting).change(NOON)
        settling = partial(settle, meeting.pk, NOON)
        race(settling, partial(Connection.objects.of(meeting).set_seen_at, noon(1200), NOON), settling)
        settle_all(due(), NOON)
        assert (usage_of(meeting).seconds, SettledSpan.objects.filter(participant=ann).count()) == (
            1200,
            0,
        )


@pytest.mark.django_db(transaction=True)
def test_an_end_that_cuts_what_was_counted_is_not_lost_beside_settling(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        ann, *_ = registered(meeting)
        connected(ann, NOON, noon(1800))
        settle(meeting.pk, NOON)
        Connection.objects.of(meeting).change(NOON)
        settling = partial(settle, meeting.pk, NOON)
        race(settling, partial(ending.end_meeting, meeting, noon(1200)), settling)
        settle_all(due(), NOON)
        assert usage_of(meeting).seconds == 1200
