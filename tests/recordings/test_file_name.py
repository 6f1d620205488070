import pytest

from recordings.models import Take
from tests.conftest import NOON, noon

DAY = "2026-03-01 12.00"


def name_of(take: Take, topic: str) -> str:
    take.meeting.topic = topic
    return take.file_name


def test_a_file_is_named_by_topic_and_time(take: Take) -> None:
    assert name_of(take, "Standup") == f"Standup {DAY}.mp4"


def test_it_is_the_time_at_which_the_recording_began(take: Take) -> None:
    take.started_at = noon(3600)
    assert name_of(take, "Standup") == "Standup 2026-03-01 13.00.mp4"


@pytest.mark.parametrize(
    ("topic", "named"),
    [
        ("", "Meeting"),
        ("   ", "Meeting"),
        ('\\/:*?"<>|', "Meeting"),
        ("../../etc/passwd", ".. .. etc passwd"),
        ("A/B: what <now>?", "A B what now"),
        ("two\nlines\r\nand\ta tab", "two lines and a tab"),
        ("nul\0 and \x7f", "nul and"),
        ("turned \u202e round", "turned round"),
        ("half \ud800 a pair", "half a pair"),
        ("zero\u200bwidth", "zero width"),
        ("Größe 会議 🎓", "Größe 会議 🎓"),
        ('say "hello"; filename=x', "say hello ; filename=x"),
    ],
)
def test_it_has_nothing_that_no_file_system_takes(take: Take, topic: str, named: str) -> None:
    assert name_of(take, topic) == f"{named} {DAY}.mp4"


def test_a_long_topic_is_cut(take: Take) -> None:
    assert name_of(take, "x" * 255) == f"{'x' * 200} {DAY}.mp4"


def test_a_long_topic_is_cut_between_letters_to_what_file_systems_take(take: Take) -> None:
    name = name_of(take, "ä" + "会" * 254)
    assert name == f"ä{'会' * 66} {DAY}.mp4"
    assert len(name.encode()) <= 255


def test_a_file_is_there_when_its_size_is_known(take: Take) -> None:
    assert not take.has_file
    take.size_bytes = 0
    assert take.has_file
    assert take.created_at == NOON
