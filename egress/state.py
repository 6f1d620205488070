"""The state of one egress as LiveKit stores it: EgressInfo, and the UpdateEgress calls that publish it."""

import asyncio
import logging
import time
from contextlib import suppress

from google.protobuf.empty_pb2 import Empty
from livekit.protocol import egress as protocol

from egress.bus import Bus, RpcError
from egress.request import RecordingRequest

log = logging.getLogger("egress")

Status = protocol.EgressStatus
FINAL = (Status.EGRESS_COMPLETE, Status.EGRESS_FAILED, Status.EGRESS_ABORTED, Status.EGRESS_LIMIT_REACHED)
CALL_TIMEOUT = 3.0  # seconds
RETRY_PAUSE = 1.0  # seconds, of a final state
RETRY_FOR = 3600.0  # seconds


def initial_info(request: RecordingRequest) -> protocol.EgressInfo:
    """Of an egress that was just accepted."""
    return protocol.EgressInfo(
        egress_id=request.egress_id,
        room_id=request.room_id,
        room_name=request.room,
        source_type=protocol.EgressSourceType.EGRESS_SOURCE_TYPE_WEB,
        status=Status.EGRESS_STARTING,
        updated_at=time.time_ns(),
        room_composite=request.redacted,
        file=protocol.FileInfo(filename=request.key),
        file_results=[protocol.FileInfo(filename=request.key)],
    )


def set_file(info: protocol.EgressInfo, file: protocol.FileInfo) -> None:
    """The result, in both fields where callers look for it."""
    info.file.CopyFrom(file)
    del info.file_results[:]
    info.file_results.append(file)


class UpdateQueue:
    """Publishes the states of one egress to LiveKit, one after the other.

    A final state is retried for an hour, until it is accepted; an earlier one is not: the next replaces it.
    `copies`: how often each state is sent.
    """

    def __init__(self, bus: Bus, copies: int = 1) -> None:
        self.bus, self.copies = bus, copies
        self.queue: asyncio.Queue[tuple[protocol.EgressInfo, int]] = asyncio.Queue()
        self.task = asyncio.create_task(self._send_all())

    def publish(self, info: protocol.EgressInfo, already_sent: int = 0) -> None:
        """`already_sent`: copies of this state that were sent before."""
        snapshot = protocol.EgressInfo()
        snapshot.CopyFrom(info)
        snapshot.updated_at = time.time_ns()
        self.queue.put_nowait((snapshot, self.copies - already_sent))

    async def final_accepted(self) -> bool:
        """Return when everything, up to a final state, was sent: whether LiveKit accepted that one."""
        return await self.task

    async def _send_all(self) -> bool:
        while True:
            info, copies = await self.queue.get()
            if info.status in FINAL:
                is_accepted = await self._retry_until_accepted(info)
                await self._send(info, copies - 1)
                return is_accepted
            await self._send(info, copies)

    async def _send(self, info: protocol.EgressInfo, copies: int) -> None:
        for _ in range(copies):
            with suppress(RpcError):
                await update_egress(self.bus, info)

    async def _retry_until_accepted(self, info: protocol.EgressInfo) -> bool:
        until = time.monotonic() + RETRY_FOR
        while time.monotonic() < until:
            try:
                await update_egress(self.bus, info)
            except RpcError as error:
                log.warning("%s: LiveKit did not accept its end yet: %s", info.egress_id, error.code)
                await asyncio.sleep(RETRY_PAUSE)
            else:
                return True
        log.error("%s: LiveKit never accepted its end", info.egress_id)
        return False


async def update_egress(bus: Bus, info: protocol.EgressInfo) -> None:
    """Replace the state that LiveKit stores; a final one ends the egress. Raises RpcError."""
    await bus.call("IOInfo", "UpdateEgress", info, Empty, timeout=CALL_TIMEOUT)


async def create_egress(bus: Bus, info: protocol.EgressInfo) -> None:
    """Register a new egress, before its caller gets a response. Raises RpcError."""
    await bus.call("IOInfo", "CreateEgress", info, Empty, timeout=CALL_TIMEOUT)
