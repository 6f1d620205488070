"""`python -m egress.probe FILE`: a file's duration in nanoseconds; 0 if nothing of it can be read.

A process of its own: FFmpeg reads a file that may have been cut off anywhere.
"""

import sys
from contextlib import suppress

import av


def duration_of(file: str) -> int:
    with suppress(av.FFmpegError), av.open(file) as container:
        return (container.duration or 0) * 1000
    return 0


if __name__ == "__main__":
    print(duration_of(sys.argv[1]))
