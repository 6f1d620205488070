"""The picture of the recording: a canvas with the people's tiles, of which only what changed is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import av
from av.video.reformatter import Interpolation, VideoReformatter

from egress import i420, names
from egress.i420 import I420, StillFrame
from egress.layout import Box, arrange, show

BACKGROUND = (26, 130, 127)  # names.BACKGROUND in YUV


@dataclass(frozen=True)
class View:
    """What one tile shows: a camera, a screen (which is never cut), or without a `still` the initials."""

    key: str
    name: str
    still: StillFrame | None = None
    is_screen: bool = False


class Scaler:
    """Brings the frames of one track to the size of its tile."""

    def __init__(self) -> None:
        self.reformatter = VideoReformatter()
        self.source = av.VideoFrame(2, 2, "yuv420p")

    def draw(self, picture: I420, target: I420) -> None:
        """Both have even sizes."""
        height, width = target[0].shape
        if picture[0].shape == (height, width):
            return i420.copy(picture, target)
        if (self.source.height, self.source.width) != picture[0].shape:
            self.source = av.VideoFrame(picture[0].shape[1], picture[0].shape[0], "yuv420p")
        i420.copy(picture, i420.of(self.source))
        scaled = self.reformatter.reformat(
            self.source, width, height, interpolation=Interpolation.FAST_BILINEAR
        )
        return i420.copy(i420.of(scaled), target)


class Picture:
    """The canvas, `width` x `height` pixels, both even."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.frame = av.VideoFrame(width, height, "yuv420p")
        self.canvas = i420.of(self.frame)
        self.boxes: dict[str, Box] = {}
        self._drawn: dict[str, StillFrame | None] = {}
        self._sizes: dict[str, tuple[int, ...]] = {}
        self._scalers: dict[str, Scaler] = {}
        self._scene: object = None
        i420.fill(self.canvas, BACKGROUND)

    def draw(self, views: Sequence[View], focus: str | None = None) -> av.VideoFrame:
        """The canvas with these views, that of the key `focus` large. The same frame at every call."""
        scene = (focus, [(view.key, view.name, view.still is None) for view in views])
        if scene != self._scene:
            self._begin(scene, views, focus)
        for view in views:
            box = self.boxes.get(view.key)
            if box and (view.key not in self._drawn or self._drawn[view.key] is not view.still):
                self._draw_tile(view, box)
        return self.frame

    def _begin(self, scene: object, views: Sequence[View], focus: str | None) -> None:
        """Somebody came, left, or shows another thing: everything is drawn anew."""
        self._scene = scene
        self.boxes = arrange(self.width, self.height, [view.key for view in views], focus)
        self._drawn.clear()
        self._sizes.clear()
        self._scalers = {key: self._scalers.get(key) or Scaler() for key in self.boxes}
        i420.fill(self.canvas, BACKGROUND)

    def _draw_tile(self, view: View, box: Box) -> None:
        self._drawn[view.key] = view.still
        place = self._draw_still(view, view.still, box) if view.still else self._draw_plain(view, box)
        plate = names.plate(view.name, box.width, box.height)
        if plate and place:
            high, wide = plate[0].shape
            left = min(place.x, box.x + box.width - wide)
            i420.copy(plate, i420.part(self.canvas, Box(left, place.y + place.height - high, wide, high)))

    def _draw_plain(self, view: View, box: Box) -> Box:
        i420.copy(names.plain_tile(view.name, box.width, box.height), i420.part(self.canvas, box))
        return box

    def _draw_still(self, view: View, still: StillFrame, box: Box) -> Box | None:
        """Where in its tile; None where there is nothing to see."""
        picture = still.i420()
        height, width = picture[0].shape
        if min(width, height) < 2:
            return None
        cut, place = show(width, height, box, is_whole=view.is_screen)
        if self._sizes.get(view.key) != (width, height):
            self._sizes[view.key] = (width, height)
            i420.fill(i420.part(self.canvas, box), BACKGROUND)  # the bars beside a picture of another shape
        self._scalers[view.key].draw(i420.part(picture, cut), i420.part(self.canvas, place))
        return place
