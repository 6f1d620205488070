"""The file, read again with the decoder."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from egress import i420
from egress.job import Job
from egress.layout import Box
from egress.mp4 import Mp4Writer
from egress.picture import Picture, View
from egress.sound import Samples
from tests.egress.decoded import DecodedFile
from tests.egress.test_picture import GREEN, RED, still

WHOLE = Box(0, 0, 320, 180)


def job(path: Path, **facts: object) -> Job:
    given = {"width": 320, "height": 180, "framerate": 10, "video_bitrate": 300_000, "audio_bitrate": 64_000}
    return Job.from_json(
        Job(egress_id="EG_1", room="r", url="", token="", file=str(path), **{**given, **facts}).to_json()  # type: ignore[arg-type]
    )


def tone(seconds: float, rate: int = 48_000, pitch: float = 440) -> Samples:
    return (8000 * np.sin(2 * np.pi * pitch / rate * np.arange(int(seconds * rate)))).astype(np.int16)


def write(spec: Job, seconds: int, leave_out: range = range(0)) -> Mp4Writer:
    """Red for the first half, green for the second, and a tone."""
    writer, picture = Mp4Writer(spec), Picture(spec.width, spec.height)
    for tick in range(seconds * spec.framerate):
        shown = still(RED if tick < seconds * spec.framerate / 2 else GREEN)
        if not spec.audio_only and tick not in leave_out:
            writer.write_video(picture.draw([View("anna", "Anna", shown)]), tick)
        if tick % spec.framerate == 0:
            writer.write_audio(tone(1, spec.audio_frequency))
    return writer


def test_picture_and_sound_are_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write(job(path), 4).close()
    decoded = DecodedFile(path)
    assert decoded.codecs == ["h264", "aac"]
    assert (decoded.frames[0].width, decoded.frames[0].height, len(decoded.frames)) == (320, 180, 40)
    assert decoded.shows(RED, WHOLE, 1.5)
    assert decoded.shows(GREEN, WHOLE, 2.5)
    assert decoded.strength(440, 1, 3) == pytest.approx(8000 / 32768, rel=0.1)
    assert decoded.seconds == pytest.approx(4, abs=0.1)
    assert len(decoded.sound) / decoded.rate == pytest.approx(4, abs=0.05)


def test_sound_begins_with_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    writer, picture = Mp4Writer(job(path)), Picture(320, 180)
    writer.write_audio(np.concatenate((np.zeros(48_000, np.int16), tone(1))))
    for tick in range(20):
        writer.write_video(picture.draw([View("a", "", still((16 if tick < 10 else 235, 128, 128)))]), tick)
    writer.close()
    decoded = DecodedFile(path)
    assert decoded.flashes() == [1.0]
    assert decoded.beeps() == [pytest.approx(1.0, abs=0.03)]


def test_ticks_that_were_left_out_leave_the_others_in_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write(job(path), 4, leave_out=range(5, 15)).close()
    decoded = DecodedFile(path)
    assert len(decoded.frames) == 30
    assert decoded.times[5] == pytest.approx(1.5)
    assert decoded.seconds == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_sound_alone(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "a.mp4"
    write(job(path, audio_only=True, audio_frequency=rate), 3).close()
    decoded = DecodedFile(path)
    assert (decoded.codecs, decoded.rate) == (["aac"], rate)
    assert decoded.seconds == pytest.approx(3, abs=0.1)
    assert decoded.strength(440, 1, 2) > 0.2


def test_the_bit_rate_is_kept_to(tmp_path: Path) -> None:
    path, chance = tmp_path / "a.mp4", np.random.default_rng(7)
    writer, picture = Mp4Writer(job(path, video_bitrate=200_000)), Picture(320, 180)
    for tick in range(100):
        noise = chance.integers(0, 255, 320 * 180 * 3 // 2, np.uint8).tobytes()
        writer.write_video(picture.draw([View("a", "", i420.StillFrame(320, 180, noise))]), tick)
    writer.write_audio(tone(10))
    writer.close()
    assert path.stat().st_size < 2 * 10 * (200_000 + 64_000) / 8  # noise is the worst there is


def test_a_file_can_be_read_when_its_writer_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    code = (
        "import os, signal; from pathlib import Path; from tests.egress.test_mp4 import job, write;"
        f"write(job(Path({str(path)!r})), 8); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    decoded = DecodedFile(path)
    assert decoded.seconds > 6
    assert decoded.shows(RED, WHOLE, 1)
    assert decoded.strength(440, 1, 3) > 0.2


def test_a_file_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    writer = write(job(path), 4)
    assert DecodedFile(path).seconds > 2
    writer.close()


def test_a_path_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Mp4Writer(job(tmp_path / "no" / "folder.mp4"))


def test_a_file_without_a_frame_can_be_closed(tmp_path: Path) -> None:
    Mp4Writer(job(tmp_path / "a.mp4")).close()
