import pytest

from recordings.models import Recording
from tests.conftest import NOON, noon

DAY = "2026-03-01 12.00"


def name_of(recording: Recording, topic: str) -> str:
    recording.meeting.topic = topic
    return recording.file_name


def test_a_file_is_named_by_topic_and_time(recording: Recording) -> None:
    assert name_of(recording, "Standup") == f"Standup {DAY}.mp4"


def test_it_is_the_time_at_which_the_recording_began(recording: Recording) -> None:
    recording.started_at = noon(3600)
    assert name_of(recording, "Standup") == "Standup 2026-03-01 13.00.mp4"


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
def test_it_has_nothing_that_no_file_system_accepts(recording: Recording, topic: str, named: str) -> None:
    assert name_of(recording, topic) == f"{named} {DAY}.mp4"


def test_a_long_topic_is_cut(recording: Recording) -> None:
    assert name_of(recording, "x" * 255) == f"{'x' * 200} {DAY}.mp4"


def test_a_long_topic_is_cut_between_letters_to_what_file_systems_accept(recording: Recording) -> None:
    name = name_of(recording, "ä" + "会" * 254)
    assert name == f"ä{'会' * 66} {DAY}.mp4"
    assert len(name.encode()) <= 255


def test_a_file_is_there_when_its_size_is_known(recording: Recording) -> None:
    assert not recording.has_file
    recording.size_bytes = 0
    assert recording.has_file
    assert recording.created_at == NOON
