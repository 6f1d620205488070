"""What was recorded: is every recording over, is every file there, and how much of the calls is in them?"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

from local.stack import Stack
from tests.drill.money import Api
from tests.drill.record import ObservedConnection
from tests.drill.service import Recording

Spans = list[tuple[float, float]]


class Stored:
    """The storage, asked without the service."""

    def __init__(self, stack: Stack) -> None:
        env = stack.env
        self.bucket = env["S3_BUCKET"]
        self.s3 = boto3.session.Session().client(
            "s3",
            endpoint_url=env["S3_ENDPOINT_URL"],
            region_name=env["S3_REGION"],
            aws_access_key_id=env["S3_ACCESS_KEY_ID"],
            aws_secret_access_key=env["S3_SECRET_ACCESS_KEY"],
        )

    def size(self, key: str) -> int | None:
        """Bytes; None if there is nothing."""
        try:
            return int(self.s3.head_object(Bucket=self.bucket, Key=key)["ContentLength"])
        except ClientError:
            return None


def wrong(
    recordings: Sequence[Recording], meetings: Sequence[Any], api: Api, size: Callable[[str], int | None]
) -> Iterator[str]:
    """What is wrong with the recordings, in sentences."""
    for recording in recordings:
        yield from _wrong_recording(recording, size(recording.file) if recording.file else None)
    for meeting in meetings:
        if meeting["record_on_cloud"]:
            code = meeting["meeting_code"]
            yield from _wrong_sum(
                code, [recording for recording in recordings if recording.code == code], api
            )


def _wrong_recording(recording: Recording, size: int | None) -> Iterator[str]:
    name = f"{recording.code}: recording {recording.uid} ({recording.egress_id})"
    if recording.status == "completed" and (
        not recording.seconds or size is None or recording.size_bytes != size
    ):
        claimed = f"{recording.seconds} s and {recording.size_bytes} bytes"
        yield f"{name} is completed with {claimed}, but {size} are stored"
    if recording.status == "failed" and not recording.failure_reason:
        yield f"{name} failed without a reason"
    if recording.status == "dropped" and size:
        yield f"{name} was dropped, but {size} bytes are stored"


def _wrong_sum(code: str, recordings: Sequence[Recording], api: Api) -> Iterator[str]:
    completed = [recording for recording in recordings if recording.status == "completed"]
    expected = {
        "duration_seconds": sum(recording.seconds or 0 for recording in completed),
        "size_bytes": sum(recording.size_bytes or 0 for recording in completed),
        "has_recording": bool(completed),
    }
    shown = api.get(f"meetings/{code}/")["recording"]
    if {name: shown[name] for name in expected} != expected:
        yield f"{code}: the API shows {shown}, but its recordings say {expected}"


# How much


def union(spans: Spans) -> Spans:
    """The same time, each moment once."""
    found: Spans = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def both(one: Spans, other: Spans) -> float:
    """Seconds that lie in both."""
    pairs = ((a, b) for a in union(one) for b in union(other))
    return sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a, b in pairs)


def summary(recordings: Sequence[Recording], connections: Sequence[ObservedConnection]) -> str:
    """How many recordings came to what, and how much of the calls lies in files that are there."""
    there = recorded = 0.0
    for code in sorted({recording.code for recording in recordings}):
        calls = [(one.began[1], one.ended[0]) for one in connections if one.code == code]
        saved = [recording for recording in recordings if recording.code == code and recording.size_bytes]
        stored = [
            (recording.started_at, recording.started_at + (recording.seconds or 0))
            for recording in saved
            if recording.started_at
        ]
        there += sum(end - start for start, end in union(calls))
        recorded += both(calls, stored)
    count = Counter(recording.status for recording in recordings)
    each = ", ".join(f"{number} {status}" for status, number in sorted(count.items())) or "none"
    share = f"{100 * recorded / there:.0f} % of {there:.0f} s of recorded calls are in files" if there else ""
    return f"recordings: {each}; {share}"
