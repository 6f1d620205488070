"""The file: MP4 with H.264 and AAC, or with AAC alone, readable at every moment.

It is written in fragments of a second, each flushed when it is complete, so that after a crash all but the
last one or two can be read. Closing it makes an ordinary MP4 of it.
"""

from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from egress.job import Job
from egress.sound import Samples

CONTAINER = {"movflags": "hybrid_fragmented+delay_moov", "frag_duration": "1000000", "flush_packets": "1"}
# No B frames: with them the end of a file that was cut off cannot be read.
X264 = {"preset": "superfast", "bf": "0", "rc-lookahead": "0", "threads": "2"}
KEY_FRAME_EVERY = 4  # seconds
AAC_FRAME = 1024  # samples


class Mp4Writer:
    """An MP4 of the sizes and rates of a Job. OSError: it cannot be written."""

    def __init__(self, job: Job) -> None:
        self.rate = job.audio_frequency
        self.container = av.open(job.file, "w", format="mp4", options=CONTAINER)
        self.video = None if job.audio_only else self._video(job)
        self.audio = self._audio(job)
        self.container.start_encoding()  # opens the file
        self._rest: Samples = np.zeros(0, np.int16)
        self._written = 0  # samples

    def _video(self, job: Job) -> VideoStream:
        rate = {"maxrate": str(job.video_bitrate), "bufsize": str(2 * job.video_bitrate)}
        stream = self.container.add_stream("libx264", rate=job.framerate, options={**X264, **rate})
        stream.width, stream.height, stream.pix_fmt = job.width, job.height, "yuv420p"
        stream.bit_rate = job.video_bitrate
        stream.codec_context.time_base = Fraction(1, job.framerate)
        stream.codec_context.gop_size = KEY_FRAME_EVERY * job.framerate
        stream.codec_context.colorspace = Colorspace.SMPTE170M  # what cameras' pictures in WebRTC are
        return stream

    def _audio(self, job: Job) -> AudioStream:
        stream = self.container.add_stream("aac", rate=job.audio_frequency)
        stream.layout = "mono"
        stream.bit_rate = job.audio_bitrate
        return stream

    def write_video(self, frame: av.VideoFrame, tick: int) -> None:
        """The frame from this tick on, of `framerate` ticks a second, until the next one."""
        assert self.video is not None
        frame.pts, frame.time_base = tick, self.video.codec_context.time_base
        self.container.mux(self.video.encode(frame))

    def write_audio(self, samples: Samples) -> None:
        """The next samples; never a gap between two calls."""
        self._rest = np.concatenate((self._rest, samples))
        while len(self._rest) >= AAC_FRAME:
            self._encode(self._rest[:AAC_FRAME])
            self._rest = self._rest[AAC_FRAME:]

    def _encode(self, samples: Samples) -> None:
        floats = (samples.astype(np.float32) / 32768)[np.newaxis, :]
        frame = av.AudioFrame.from_ndarray(floats, format="fltp", layout="mono")
        frame.sample_rate, frame.time_base = self.rate, Fraction(1, self.rate)
        frame.pts = self._written
        self._written += len(samples)
        self.container.mux(self.audio.encode(frame))

    def close(self) -> None:
        """Flush the encoders, and make the file an ordinary MP4."""
        try:
            if len(self._rest):
                self._encode(self._rest)
            if self.video:
                self.container.mux(self.video.encode(None))
            self.container.mux(self.audio.encode(None))
        finally:
            self.container.close()
