from functools import partial

import pytest

from calls import removal
from meetings.models import Meeting
from participants.errors import ParticipantNotFound
from participants.models import Participant
from participants.registration import by_token
from tests.conftest import NOON, ROUNDS, FakeLiveKit, noon, race


def test_whoever_is_removed_is_ejected(person: Participant, fake_livekit: FakeLiveKit) -> None:
    removal.remove_participant(person, NOON)
    assert fake_livekit.ejected == [(person.meeting.code, person.identity)]


def test_the_link_says_that_its_person_was_removed(secured: Meeting, person: Participant) -> None:
    removal.remove_participant(person, NOON)
    found = by_token(secured, person.token)
    assert found is not None
    assert found.removed_at == NOON


def test_removing_again_finds_nobody(person: Participant, fake_livekit: FakeLiveKit) -> None:
    removal.remove_participant(person, NOON)
    with pytest.raises(ParticipantNotFound):
        removal.remove_participant(person, noon(60))
    assert len(fake_livekit.ejected) == 1


def test_a_person_is_removed_also_while_livekit_is_away(
    person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.is_away = True
    removal.remove_participant(person, NOON)
    assert not Participant.objects.registered().exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_removals_one_wins(secured: Meeting, fake_livekit: FakeLiveKit) -> None:
    for number in ROUNDS:
        person = Participant.objects.create(
            meeting=secured, external_user_id=f"user-{number}", display_name="Ann", created_at=NOON
        )
        answers = race(*[partial(removal.remove_participant, person, NOON)] * 2)
        assert sorted(isinstance(answer, ParticipantNotFound) for answer in answers) == [False, True]
        assert fake_livekit.ejected.count((secured.code, person.identity)) == 1
