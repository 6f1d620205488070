from functools import partial

import pytest
from django.db import IntegrityError

from customers.models import Customer
from meetings.errors import MeetingNotActive
from meetings.models import Meeting
from participants.errors import AlreadyRegistered
from participants.models import Participant
from participants.registration import add, register
from tests.conftest import NOON, ROUNDS, noon, race
from upclass.codes import LETTERS_AND_DIGITS


def new(meeting: Meeting, external_user_id: str) -> Participant:
    return Participant(
        meeting=meeting, external_user_id=external_user_id, display_name="John", created_at=NOON
    )


def test_people_are_registered_in_the_order_given(secured: Meeting) -> None:
    register([new(secured, "b"), new(secured, "a")])
    assert [person.external_user_id for person in Participant.objects.of(secured)] == ["b", "a"]


def test_each_has_a_code_of_six_characters_of_their_own(secured: Meeting) -> None:
    people = register(new(secured, str(number)) for number in range(200))
    assert len({person.code for person in people}) == 200
    assert all(len(person.code) == 6 and set(person.code) <= set(LETTERS_AND_DIGITS) for person in people)


def test_a_code_that_the_meeting_has_already_is_drawn_again(secured: Meeting, person: Participant) -> None:
    another = new(secured, "another")
    another.code = person.code
    register([another])
    assert another.code != person.code


def test_an_id_in_use_is_refused_by_name(secured: Meeting, person: Participant) -> None:
    with pytest.raises(AlreadyRegistered, match='"user-123" is already registered'):
        register([new(secured, "free"), new(secured, "user-123")])
    assert list(Participant.objects.of(secured)) == [person]


def test_an_id_given_twice_is_refused_and_nobody_is_registered(secured: Meeting) -> None:
    with pytest.raises(AlreadyRegistered, match='"b"'):
        register([new(secured, "a"), new(secured, "b"), new(secured, "b")])
    assert not Participant.objects.exists()


def test_ids_are_compared_exactly(secured: Meeting) -> None:
    register(new(secured, text) for text in ("Ann", "ann", " ann", "ann ", "a\u0308nn", "\u00e4nn"))
    assert Participant.objects.of(secured).registered().count() == 6


def test_another_meeting_may_have_the_same_id(customer: Customer, person: Participant) -> None:
    other = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
    assert register([new(other, "user-123")])


def test_a_removed_id_may_be_registered_anew(secured: Meeting, person: Participant) -> None:
    assert person.mark_removed(NOON)
    [again] = register([new(secured, "user-123")])
    assert (again.pk, again.code, again.identity) != (person.pk, person.code, person.identity)
    assert again.code != person.code
    assert list(Participant.objects.of(secured).registered()) == [again]


def test_a_registration_ends_once(person: Participant) -> None:
    assert person.mark_removed(NOON)
    assert not person.mark_removed(noon(5))
    person.refresh_from_db()
    assert person.removed_at == NOON


@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_of_one_id_one_wins(secured: Meeting) -> None:
    for number in ROUNDS:
        name = f"user-{number}"
        answers = race(*[partial(register, [new(secured, name)]) for _ in range(3)])
        assert sorted(isinstance(answer, AlreadyRegistered) for answer in answers) == [False, True, True]
        assert Participant.objects.registered().filter(external_user_id=name).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_registration_and_the_end_the_later_knows_of_the_other(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
        added, ended = race(partial(add, new(meeting, "a"), noon(1)), partial(meeting.mark_ended, noon(1)))
        assert ended is True
        is_registered = Participant.objects.of(meeting).exists()
        assert is_registered == isinstance(added, Participant)
        assert is_registered or isinstance(added, MeetingNotActive)


def test_a_meeting_that_ended_while_the_request_was_read_registers_nobody(secured: Meeting) -> None:
    person = new(secured, "a")  # with the meeting as it was when it was read
    Meeting.objects.filter(pk=secured.pk).update(ended_at=NOON)
    with pytest.raises(MeetingNotActive):
        add(person, noon(1))


def test_another_mistake_is_not_reported_as_a_double_registration(secured: Meeting) -> None:
    person = new(secured, "a")
    register([person])
    other = new(secured, "b")
    other.identity = person.identity
    with pytest.raises(IntegrityError):
        register([other])
