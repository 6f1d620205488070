"""One egress as LiveKit is told of it: its states, and the reports of them, in order."""

import asyncio
import logging
import time
from contextlib import suppress

from google.protobuf.empty_pb2 import Empty
from livekit.protocol import egress as protocol

from egress.bus import Bus, RpcError
from egress.request import Order

log = logging.getLogger("egress")

Status = protocol.EgressStatus
FINAL = (Status.EGRESS_COMPLETE, Status.EGRESS_FAILED, Status.EGRESS_ABORTED, Status.EGRESS_LIMIT_REACHED)
PATIENCE = 3.0  # seconds for one report
PAUSE = 1.0  # between two tries of a final one
LONGEST = 3600.0  # for which it is tried


def begun(order: Order) -> protocol.EgressInfo:
    """What is told of an egress that was just accepted."""
    return protocol.EgressInfo(
        egress_id=order.egress_id,
        room_id=order.room_id,
        room_name=order.room,
        source_type=protocol.EgressSourceType.EGRESS_SOURCE_TYPE_WEB,
        status=Status.EGRESS_STARTING,
        updated_at=time.time_ns(),
        room_composite=order.redacted,
        file=protocol.FileInfo(filename=order.key),
        file_results=[protocol.FileInfo(filename=order.key)],
    )


def set_file(info: protocol.EgressInfo, file: protocol.FileInfo) -> None:
    """The result, at both places where callers look for it."""
    info.file.CopyFrom(file)
    del info.file_results[:]
    info.file_results.append(file)


class Reports:
    """Tells LiveKit each state of one egress, one after the other.

    A final state is told until it was accepted, for an hour; one before it is told once, for a later one
    says more. Where there are more `tellings` than one, each is told so often.
    """

    def __init__(self, bus: Bus, tellings: int = 1) -> None:
        self.bus, self.tellings = bus, tellings
        self.waiting: asyncio.Queue[tuple[protocol.EgressInfo, int]] = asyncio.Queue()
        self.task = asyncio.create_task(self._tell_all())

    def tell(self, info: protocol.EgressInfo, already: int = 0) -> None:
        """`already`: how often it was told before."""
        snapshot = protocol.EgressInfo()
        snapshot.CopyFrom(info)
        snapshot.updated_at = time.time_ns()
        self.waiting.put_nowait((snapshot, self.tellings - already))

    async def told(self) -> bool:
        """Return once everything, up to a final state, was told; False if LiveKit took no final state."""
        return await self.task

    async def _tell_all(self) -> bool:
        while True:
            info, times = await self.waiting.get()
            if info.status in FINAL:
                is_told = await self._until_accepted(info)
                await self._tell(info, times - 1)
                return is_told
            await self._tell(info, times)

    async def _tell(self, info: protocol.EgressInfo, times: int) -> None:
        for _ in range(times):
            with suppress(RpcError):
                await update(self.bus, info)

    async def _until_accepted(self, info: protocol.EgressInfo) -> bool:
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            try:
                await update(self.bus, info)
            except RpcError as error:
                log.warning("%s: LiveKit was not told of its end yet: %s", info.egress_id, error.code)
                await asyncio.sleep(PAUSE)
            else:
                return True
        log.error("%s: LiveKit was never told of its end", info.egress_id)
        return False


async def update(bus: Bus, info: protocol.EgressInfo) -> None:
    """Tell LiveKit an egress' state; it stores the whole, and what is final ends it. Raises RpcError."""
    await bus.call("IOInfo", "UpdateEgress", info, Empty, timeout=PATIENCE)


async def create(bus: Bus, info: protocol.EgressInfo) -> None:
    """Make a new egress known, before its caller is answered. Raises RpcError."""
    await bus.call("IOInfo", "CreateEgress", info, Empty, timeout=PATIENCE)
