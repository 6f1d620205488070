"""Loops of frames as files: what Chromium and clients of LiveKit can take, and drawn once."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.people import reels

RATE = 5
FORM = (160, 90, RATE)


def decoded(file: Path) -> list[NDArray[np.int16]]:
    with av.open(str(file)) as film:
        return [frame.to_ndarray(format="rgb24").astype(np.int16) for frame in film.decode(video=0)]


def test_a_file_decodes_to_four_seconds_of_its_size(tmp_path: Path) -> None:
    file = reels.person("Anna", *FORM, folder=tmp_path)
    with av.open(str(file)) as film:
        [stream] = film.streams.video
        assert (stream.width, stream.height) == FORM[:2]
        assert stream.codec_context.pix_fmt == "yuv420p"
    assert len(decoded(file)) == 4 * RATE
    assert file.read_bytes().startswith(b"YUV4MPEG2 W160 H90 F5:1 ")


def test_people_differ_and_the_same_name_is_the_same_person_to_the_byte(tmp_path: Path) -> None:
    anna = reels.person("Anna", *FORM, folder=tmp_path / "once").read_bytes()
    assert reels.person("Anna Lee", *FORM, folder=tmp_path / "again").read_bytes() == anna
    assert reels.person("Ben", *FORM, folder=tmp_path / "once").read_bytes() != anna


@pytest.mark.parametrize("of_what", ["Ben", "slide"])
def test_every_frame_moves_and_the_loop_has_no_jump(tmp_path: Path, of_what: str) -> None:
    if of_what == "slide":
        file = reels.slide(*FORM, folder=tmp_path)
    else:
        file = reels.person(of_what, *FORM, folder=tmp_path)
    frames = decoded(file)
    steps = [
        np.abs(after - before).mean() for before, after in zip(frames, [*frames[1:], frames[0]], strict=True)
    ]
    assert min(steps) > 0
    assert steps[-1] <= 1.2 * max(steps[:-1])


def test_frames_are_what_the_file_holds_and_can_be_sent(tmp_path: Path) -> None:
    frames = reels.frames(reels.person("Dev", *FORM, folder=tmp_path))
    assert len(frames) == 4 * RATE
    assert {len(frame) for frame in frames} == {160 * 90 * 3 // 2}
    assert {type(frame) for frame in frames} == {bytearray}  # whose address LiveKit's client asks for


def test_colours_are_in_the_range_that_video_has() -> None:
    white, black = (reels.i420(Image.new("RGB", (4, 4), shade)) for shade in ("white", "black"))
    assert (white[0], black[0]) == (235, 16)
    assert set(white[16:]) == set(black[16:]) == {128}


def test_a_second_time_nothing_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = reels.person("Mia", *FORM, folder=tmp_path)
    monkeypatch.delattr(reels, "Figure")
    assert reels.person("Mia", *FORM, folder=tmp_path) == first


def test_a_drawing_that_broke_off_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.delattr(reels, "Figure")
        with pytest.raises(NameError):
            reels.person("Mia", *FORM, folder=tmp_path)
    assert not list(tmp_path.rglob("*.y4m"))
    assert reels.person("Mia", *FORM, folder=tmp_path).exists()


def test_drawings_of_other_sources_go(tmp_path: Path) -> None:
    old = tmp_path / "0123" / "person-1.y4m"
    old.parent.mkdir()
    old.touch()
    file = reels.slide(*FORM, folder=tmp_path)
    assert not old.parent.exists()
    assert file.exists()
