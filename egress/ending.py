"""How an egress ends: what was recorded goes into storage, and the outcome into its final state."""

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
from egress.failures import log_failure
from egress.folders import EgressFolder
from egress.job import LIMIT
from egress.messages import RpcError
from egress.request import RecordingRequest
from egress.settings import Settings
from egress.state import Status
from egress.upload import Target, TargetRefused, UploadFailed, upload

log = logging.getLogger("egress")

NOTHING_SENT = "Start signal not received"
PROBE_TIMEOUT = 60.0  # seconds
KILLED = "The recording process was killed"
TOO_LONG = "Session limit reached"
BAD_REQUEST, PRECONDITION, TOO_LARGE, INTERNAL = 400, 412, 413, 500  # error codes, as the official worker's


def finalize(
    context: WorkerContext,
    request: RecordingRequest,
    folder: EgressFolder,
    info: protocol.EgressInfo,
    ended: dict[str, Any],
) -> None:
    """Save the file, or keep it until it can be saved; then set the final state in `info`.

    `ended` is the recording process' last event; without a duration if it died before.
    """
    result = result_of(request, folder, info, ended)
    not_saved = save_or_quarantine(context, request, folder, info, result) if result else ""
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


def duration_of(mp4: Path) -> int:
    """Nanoseconds of a file whose process did not report them; 0 if nothing of it can be read."""
    command = [sys.executable, "-m", "egress.probe", str(mp4)]
    with suppress(subprocess.TimeoutExpired, ValueError):
        return int(subprocess.run(command, capture_output=True, text=True, timeout=PROBE_TIMEOUT).stdout)
    return 0


def fail(info: protocol.EgressInfo, status: Status, error: str, code: int) -> None:
    info.status, info.error, info.error_code = status, error, code


def result_of(
    request: RecordingRequest, folder: EgressFolder, info: protocol.EgressInfo, ended: dict[str, Any]
) -> protocol.FileInfo | None:
    """The file, also if its process was killed; None if there is nothing to see or hear."""
    size = folder.size()
    duration = ended["duration"] if "duration" in ended else duration_of(folder.mp4) if size else 0
    if not (size and duration):
        return None
    started_at = ended.get("started_at") or info.started_at or time.time_ns() - duration
    return protocol.FileInfo(
        filename=request.key,
        started_at=started_at,
        ended_at=ended.get("ended_at") or started_at + duration,
        duration=duration,
        size=size,
    )


def target_of(request: RecordingRequest, settings: Settings) -> Target:
    """Where the file belongs. Raises RpcError("invalid_argument")."""
    try:
        return Target.of(request.s3) if request.s3 else Target.of_settings(settings)
    except TargetRefused as refused:
        raise RpcError("invalid_argument", str(refused)) from None


def save_or_quarantine(
    context: WorkerContext,
    request: RecordingRequest,
    folder: EgressFolder,
    info: protocol.EgressInfo,
    result: protocol.FileInfo,
) -> str:
    """As `_save`; whatever happens, the egress comes to its end, and its file is kept."""
    try:
        return _save(context, request, folder, info, result)
    except Exception as error:  # noqa: BLE001  logged, and an egress must end
        log_failure(f"saving {request.egress_id}", error)
        with suppress(OSError):
            folder.move_file_to(context.aside)
        return f"S3 upload failed: {type(error).__name__}"


def _save(
    context: WorkerContext,
    request: RecordingRequest,
    folder: EgressFolder,
    info: protocol.EgressInfo,
    result: protocol.FileInfo,
) -> str:
    """Upload the file; why it is not in storage, if it is not.

    What cannot be uploaded now is kept, and uploaded when storage is back; where there is no storage any
    more, it is moved aside.
    """
    try:
        target = target_of(request, context.settings)
    except RpcError as refused:
        folder.move_file_to(context.aside)
        return f"S3 upload failed: {refused.message}"
    result.location = target.location(request.key)
    state.set_file(info, result)
    try:
        upload(folder.mp4, target, request.key)
    except UploadFailed as failure:
        log.warning("%s: kept until storage is back: %s", request.egress_id, failure)
        context.pending_uploads.add(folder.mp4, target, request.key)
        return f"S3 upload failed: {failure}"
    save_manifest(request, folder, info, target)
    return ""


def save_manifest(
    request: RecordingRequest, folder: EgressFolder, info: protocol.EgressInfo, target: Target
) -> None:
    """Beside the file, as the official worker does unless the request disables it."""
    if not request.manifest:
        return
    described = {
        "egress_id": request.egress_id,
        "room_id": request.room_id,
        "room_name": request.room,
        "started_at": info.started_at,
        "ended_at": info.file.ended_at,
        "files": [{"filename": result.filename, "location": result.location} for result in info.file_results],
    }
    file = folder.path / f"{request.egress_id}.json"
    key = f"{request.key.rpartition('/')[0]}/{file.name}".lstrip("/")
    try:
        file.write_text(json.dumps(described))
        upload(file, target, key)
    except (UploadFailed, OSError) as error:  # the MP4 is there, which is what counts
        log.warning("%s: without its manifest: %s", request.egress_id, error)
    else:
        info.manifest_location = target.location(key)
