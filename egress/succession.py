"""What is done for workers that died: their egresses are told of, and what they saved goes to storage."""

import asyncio
import logging
import time

from livekit.protocol import egress as protocol

from egress import ending, state
from egress.context import WorkerContext
from egress.failures import tell_of_failure
from egress.folders import Folder
from egress.state import Reports, Status

log = logging.getLogger("egress")

LOST = "The egress worker was lost"
ORPHAN = 40.0  # seconds in which the recording process of a dead worker finishes its file


class Succession:
    """`under_way` has the egresses that are being told of: their leases are this worker's."""

    def __init__(self, context: WorkerContext) -> None:
        self.context = context
        self.under_way: dict[str, protocol.EgressInfo] = {}

    def left_behind(self) -> list[Folder]:
        """What this worker's predecessor did not end, in the same folder."""
        return list(Folder.left_behind(self.context.home))

    async def finish(self, folder: Folder) -> None:
        """Save the part that there is, and tell of the end. What cannot be read is set aside, whole."""
        egress_id = folder.path.name
        log.warning("%s: was left behind by a worker that died", egress_id)
        try:
            await self._finish(folder)
        except Exception as error:  # noqa: BLE001  told of; one does not hold up the others
            tell_of_failure(f"finishing {egress_id}", error)
            self.under_way.pop(egress_id, None)  # its lease lapses, and its end is told
            folder.leave_for_people(self.context.aside)

    async def _finish(self, folder: Folder) -> None:
        order = folder.order()
        info = folder.info() or state.begun(order)
        self.under_way[info.egress_id] = info
        await asyncio.to_thread(folder.wait_for_child, ORPHAN)
        if info.status not in state.FINAL:
            await asyncio.to_thread(ending.conclude, self.context, order, folder, info, {"error": LOST})
            folder.note(info)
        if await self._tell(info):
            folder.remove()

    async def report(self, info: protocol.EgressInfo) -> None:
        """Of a worker elsewhere: what it saved lies with it, and is told of at its next start."""
        log.warning("%s: its worker was lost", info.egress_id)
        if info.status not in state.FINAL:
            ending.fail(info, Status.EGRESS_FAILED, LOST, ending.INTERNAL)
            info.ended_at = time.time_ns()
        self.under_way[info.egress_id] = info
        await self._tell(info)

    async def _tell(self, info: protocol.EgressInfo) -> bool:
        reports = Reports(self.context.bus, self.context.manners.tellings)
        reports.tell(info)
        is_told = await reports.told()
        del self.under_way[info.egress_id]
        if is_told:
            await self.context.leases.release(info.egress_id)
        return is_told
