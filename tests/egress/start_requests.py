"""StartEgress requests as LiveKit's server sends them, and the settings of a worker that gets them."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from livekit.protocol import egress as protocol

from egress.messages import StartEgressRequest, new_id
from egress.settings import Settings

SECRETS = ("AKIA-the-key", "the-secret", "the-session", "the-external-id")


def s3(**facts: Any) -> protocol.S3Upload:
    given = {"access_key": SECRETS[0], "secret": SECRETS[1], "bucket": "theirs", **facts}
    return protocol.S3Upload(**given)


def file(filepath: str = "recording.mp4", **facts: Any) -> protocol.EncodedFileOutput:
    return protocol.EncodedFileOutput(filepath=filepath, **facts)


def room_composite(**facts: Any) -> protocol.RoomCompositeEgressRequest:
    """One file without a manifest, unless `facts` say otherwise."""
    return protocol.RoomCompositeEgressRequest(
        **{"room_name": "standup", "file_outputs": [file(disable_manifest=True)], **facts}
    )


def start_request(egress_id: str = "", **facts: Any) -> StartEgressRequest:
    return StartEgressRequest(
        egress_id or new_id("EG_"), "RM_1", room_composite=room_composite(**facts).SerializeToString()
    )


def settings(folder: Path, **facts: Any) -> Settings:
    """Those of a worker with storage of its own, which no busy machine keeps from working."""
    plain = Settings(
        redis_url=os.environ["REDIS_URL"],
        livekit_url="ws://127.0.0.1:1",
        api_key="devkey",
        api_secret="a secret of 32 characters or more",
        folder=folder,
        cpu_per_egress=0,
        s3_endpoint_url="http://127.0.0.1:1",
        s3_bucket="ours",
        s3_access_key_id="someone",
        s3_secret_access_key="a long random text",
    )
    return replace(plain, **facts)
