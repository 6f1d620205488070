"""How an egress ends: what was recorded goes into storage, and its outcome into what LiveKit is told."""

import json
import logging
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from livekit.protocol import egress as protocol

from egress import state
from egress.context import WorkerContext
from egress.failures import tell_of_failure
from egress.folders import Folder
from egress.job import LIMIT
from egress.messages import RpcError
from egress.request import Order
from egress.settings import Settings
from egress.state import Status
from egress.upload import Target, TargetRefused, UploadFailed, upload

log = logging.getLogger("egress")

NOTHING_SENT = "Start signal not received"
PROBING = 60.0  # seconds
KILLED = "The recording process was killed"
TOO_LONG = "Session limit reached"
BAD_REQUEST, PRECONDITION, TOO_LARGE, INTERNAL = 400, 412, 413, 500  # error codes, as the official worker's


def conclude(
    context: WorkerContext, order: Order, folder: Folder, info: protocol.EgressInfo, ended: dict[str, Any]
) -> None:
    """Save the file, or keep it until it can be saved; then set the final state in `info`.

    `ended` is what the recording process told last; without a duration if it did not come to that.
    """
    result = result_of(order, folder, info, ended)
    not_saved = saved(context, order, folder, info, result) if result else ""
    info.ended_at = time.time_ns()
    if not_saved and not ended.get("error"):
        fail(info, Status.EGRESS_FAILED, not_saved, BAD_REQUEST)
    elif "duration" not in ended or ended.get("error"):
        fail(info, Status.EGRESS_FAILED, ended.get("error") or KILLED, INTERNAL)
    elif result is None:
        fail(info, Status.EGRESS_ABORTED, NOTHING_SENT, PRECONDITION)
    elif ended.get("reason") == LIMIT:
        fail(info, Status.EGRESS_LIMIT_REACHED, TOO_LONG, TOO_LARGE)
    else:
        info.status = Status.EGRESS_COMPLETE


def duration_of(movie: Path) -> int:
    """Nanoseconds of a movie whose maker did not come to say it; 0 if nothing of it can be read."""
    command = [sys.executable, "-m", "egress.probe", str(movie)]
    with suppress(subprocess.TimeoutExpired, ValueError):
        return int(subprocess.run(command, capture_output=True, text=True, timeout=PROBING).stdout)
    return 0


def fail(info: protocol.EgressInfo, status: Status, error: str, code: int) -> None:
    info.status, info.error, info.error_code = status, error, code


def result_of(
    order: Order, folder: Folder, info: protocol.EgressInfo, ended: dict[str, Any]
) -> protocol.FileInfo | None:
    """What there is of a movie, also if its process was killed; None if there is nothing to see or hear."""
    size = folder.size()
    duration = ended["duration"] if "duration" in ended else duration_of(folder.movie) if size else 0
    if not (size and duration):
        return None
    started_at = ended.get("started_at") or info.started_at or time.time_ns() - duration
    return protocol.FileInfo(
        filename=order.key,
        started_at=started_at,
        ended_at=ended.get("ended_at") or started_at + duration,
        duration=duration,
        size=size,
    )


def target_of(order: Order, settings: Settings) -> Target:
    """Where the file belongs. Raises RpcError("invalid_argument")."""
    try:
        return Target.of(order.s3) if order.s3 else Target.of_settings(settings)
    except TargetRefused as refused:
        raise RpcError("invalid_argument", str(refused)) from None


def saved(
    context: WorkerContext, order: Order, folder: Folder, info: protocol.EgressInfo, result: protocol.FileInfo
) -> str:
    """As `save`; whatever happens, the egress comes to its end, and its movie is somewhere."""
    try:
        return save(context, order, folder, info, result)
    except Exception as error:  # noqa: BLE001  told of, and an egress must end
        tell_of_failure(f"saving {order.egress_id}", error)
        with suppress(OSError):
            folder.set_aside(context.aside)
        return f"S3 upload failed: {type(error).__name__}"


def save(
    context: WorkerContext, order: Order, folder: Folder, info: protocol.EgressInfo, result: protocol.FileInfo
) -> str:
    """Bring the movie into storage; why it is not there, if it is not.

    What cannot be brought now is kept, and sent when storage is back; where there is no storage any more,
    it is set aside.
    """
    try:
        target = target_of(order, context.settings)
    except RpcError as refused:
        folder.set_aside(context.aside)
        return f"S3 upload failed: {refused.message}"
    result.location = target.location(order.key)
    state.set_file(info, result)
    try:
        upload(folder.movie, target, order.key)
    except UploadFailed as failure:
        log.warning("%s: kept until storage is back: %s", order.egress_id, failure)
        context.waiting.keep(folder.movie, target, order.key)
        return f"S3 upload failed: {failure}"
    save_manifest(order, folder, info, target)
    return ""


def save_manifest(order: Order, folder: Folder, info: protocol.EgressInfo, target: Target) -> None:
    """A description beside the file, as the official worker puts one there unless told not to."""
    if not order.manifest:
        return
    described = {
        "egress_id": order.egress_id,
        "room_id": order.room_id,
        "room_name": order.room,
        "started_at": info.started_at,
        "ended_at": info.file.ended_at,
        "files": [{"filename": result.filename, "location": result.location} for result in info.file_results],
    }
    file = folder.path / f"{order.egress_id}.json"
    key = f"{order.key.rpartition('/')[0]}/{file.name}".lstrip("/")
    try:
        file.write_text(json.dumps(described))
        upload(file, target, key)
    except (UploadFailed, OSError) as error:  # the movie is there, which is what counts
        log.warning("%s: without its manifest: %s", order.egress_id, error)
    else:
        info.manifest_location = target.location(key)
