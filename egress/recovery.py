"""Recovery of egresses whose worker died: their final state is published, and what was recorded uploaded."""

import asyncio
import logging
import time

from livekit.protocol import egress as protocol

from egress import ending, state
from egress.context import WorkerContext
from egress.failures import log_failure
from egress.folders import EgressFolder
from egress.state import Status, UpdateQueue

log = logging.getLogger("egress")

LOST = "The egress worker was lost"
ORPHAN_TIMEOUT = 40.0  # seconds in which the recording process of a dead worker finishes its file


class Recovery:
    """`under_way` has the egresses that are being recovered: this worker holds their leases."""

    def __init__(self, context: WorkerContext) -> None:
        self.context = context
        self.under_way: dict[str, protocol.EgressInfo] = {}

    def unfinished(self) -> list[EgressFolder]:
        """What an earlier worker in the same folder did not finish."""
        return list(EgressFolder.unfinished(self.context.egresses))

    async def finish(self, folder: EgressFolder) -> None:
        """Upload what was recorded, publish the final state. What cannot be read is moved aside, whole."""
        egress_id = folder.path.name
        log.warning("%s: was left behind by a worker that died", egress_id)
        try:
            await self._finish(folder)
        except Exception as error:  # noqa: BLE001  logged; one does not hold up the others
            log_failure(f"finishing {egress_id}", error)
            self.under_way.pop(egress_id, None)  # its lease expires, and it is reported as lost
            folder.move_to(self.context.aside)

    async def _finish(self, folder: EgressFolder) -> None:
        request = folder.load_request()
        info = folder.load_info() or state.initial_info(request)
        await self._take(info)
        await asyncio.to_thread(folder.wait_for_child, ORPHAN_TIMEOUT)
        if info.status not in state.FINAL:
            await asyncio.to_thread(ending.finalize, self.context, request, folder, info, {"error": LOST})
            folder.save_info(info)
        if await self._publish(info):
            folder.remove()

    async def report_lost(self, info: protocol.EgressInfo) -> None:
        """Of another worker's folder, which is out of reach: its files are recovered at its next start."""
        log.warning("%s: its worker was lost", info.egress_id)
        if info.status not in state.FINAL:
            ending.fail(info, Status.EGRESS_FAILED, LOST, ending.INTERNAL)
            info.ended_at = time.time_ns()
        await self._take(info)
        await self._publish(info)

    async def _take(self, info: protocol.EgressInfo) -> None:
        self.under_way[info.egress_id] = info
        await self.context.leases.hold(info)

    async def _publish(self, info: protocol.EgressInfo) -> bool:
        updates = UpdateQueue(self.context.bus, self.context.profile.update_copies)
        updates.publish(info)
        is_accepted = await updates.final_accepted()
        del self.under_way[info.egress_id]
        if is_accepted:
            await self.context.leases.release(info.egress_id)
        return is_accepted
