"""One egress from its order to its end: a recording process, its states, and the file in storage."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

from livekit import api
from livekit.protocol import egress as protocol

from egress import ending, state
from egress.child import Child
from egress.context import WorkerContext
from egress.failures import tell_of_failure
from egress.folders import Folder
from egress.job import CONNECTION_LOST, LIMIT, ROOM_CLOSED, STOPPED, Job
from egress.messages import RpcError, StartEgressRequest
from egress.request import Order
from egress.settings import Settings
from egress.state import Reports, Status

log = logging.getLogger("egress")

UNHEARD = ("deadline_exceeded", "unavailable")  # its answer may have been lost, and not the question
REASONS = {  # in the words of the official worker
    STOPPED: "StopEgress API",
    ROOM_CLOSED: "Source closed",
    CONNECTION_LOST: "Source closed",
    LIMIT: "Limit reached",
}


class Recording:
    """An egress of this worker."""

    def __init__(self, context: WorkerContext, order: Order, folder: Folder) -> None:
        self.context, self.order, self.folder = context, order, folder
        self.info = state.begun(order)
        self.child: Child | None = None
        self.reports: Reports | None = None
        self.begun = time.monotonic()

    @classmethod
    async def begin(cls, context: WorkerContext, ordered: StartEgressRequest, order: Order) -> "Recording":
        """Make the egress known to LiveKit, and start its recording. Raises RpcError, leaving nothing.

        Where LiveKit may have heard of it all the same, its lease is left to lapse: then its end is told.
        """
        folder = Folder.make(context.home, ordered)
        recording = cls(context, order, folder)
        try:
            await recording.note()
            await state.create(context.bus, recording.info)
            await recording.start()
        except BaseException as error:
            folder.remove()
            if not (isinstance(error, RpcError) and error.code in UNHEARD):
                await context.leases.release(order.egress_id)
            raise
        recording.reports = Reports(context.bus, context.manners.tellings)
        recording.reports.tell(recording.info, already=1)
        return recording

    async def start(self) -> None:
        """Raises RpcError, having told LiveKit, if the system gives no process."""
        try:
            self.child = await Child.start(self.job(), self.context.ready)
        except OSError as error:
            ending.fail(
                self.info, Status.EGRESS_FAILED, "no recording process could be started", ending.INTERNAL
            )
            with suppress(RpcError):
                await state.update(self.context.bus, self.info)
            raise RpcError("internal", self.info.error) from error

    def job(self) -> Job:
        settings, manners = self.context.settings, self.context.manners
        return Job(
            egress_id=self.order.egress_id,
            room=self.order.room,
            url=settings.livekit_url,
            token=token(settings, self.order),
            file=str(self.folder.movie),
            audio_only=self.order.audio_only,
            layout=self.order.layout,
            max_seconds=settings.max_seconds,
            start_delay=manners.draw_start_delay(),
            says_goodbye=manners.says_goodbye,
            **self.order.encoding._asdict(),
        )

    async def note(self) -> None:
        """Keep what is known where a successor finds it. Raises OSError."""
        self.folder.note(self.info)
        await self.context.leases.note(self.info)

    # Its course

    async def run(self) -> None:
        """Return when the egress has ended, its file lies in storage, and LiveKit knows."""
        assert self.child
        ended: dict[str, Any] = {}
        async for event in self.child.events():
            if event["what"] == "ended":
                ended = event
                continue
            try:
                await self.on(event)
            except Exception as error:  # noqa: BLE001  told of; a recording must come to its end
                tell_of_failure(f"an event of {self.order.egress_id}", error)
        await self.finish(ended)

    async def on(self, event: dict[str, Any]) -> None:
        if event["what"] == "active" and self.info.status == Status.EGRESS_STARTING:
            self.info.started_at = event.get("at") or time.time_ns()
            await self.advance(Status.EGRESS_ACTIVE)
        elif event["what"] == "ending":
            assert self.child
            self.child.stop()  # it ends by itself; should it not, it is killed
            reason = event.get("reason", "")
            self.info.details = f"End reason: {REASONS.get(reason, reason)}"
            await self.advance(Status.EGRESS_ENDING)

    async def advance(self, status: Status) -> None:
        """Tell of a later state; an earlier one than is known is not told."""
        if self.info.status >= status:
            return
        if status == Status.EGRESS_ENDING and self.info.status == Status.EGRESS_STARTING:
            return  # nothing was recorded: its end comes without the middle
        self.info.status = status
        await self.tell()

    async def tell(self) -> None:
        """To LiveKit, and to a successor, whom a full disk leaves with what was known before."""
        assert self.reports
        self.reports.tell(self.info)
        try:
            self.folder.note(self.info)
        except OSError as error:
            log.warning("%s: what is known of it could not be written down: %s", self.info.egress_id, error)
        await self.context.leases.note(self.info)

    async def stop(self) -> protocol.EgressInfo:
        """Ask for the end; what is known now."""
        assert self.child
        self.child.stop()
        if self.info.status == Status.EGRESS_ACTIVE:
            self.info.details = f"End reason: {REASONS[STOPPED]}"
            await self.advance(Status.EGRESS_ENDING)
        return self.info

    async def finish(self, ended: dict[str, Any]) -> None:
        """Save what was recorded, and tell the outcome until LiveKit has it."""
        final = protocol.EgressInfo()
        final.CopyFrom(self.info)  # while it is saved, somebody may still ask for its end
        await asyncio.to_thread(ending.conclude, self.context, self.order, self.folder, final, ended)
        self.info = final
        await self.tell()
        assert self.reports
        if await self.reports.told():
            self.folder.remove()
            await self.context.leases.release(self.order.egress_id)


def token(settings: Settings, order: Order) -> str:
    """What opens the room for a hidden recorder, who is named by the egress' id."""
    grants = api.VideoGrants(
        room_join=True,
        room=order.room,
        can_subscribe=True,
        can_publish=False,
        can_publish_data=False,
        hidden=True,
        recorder=True,
    )
    made = api.AccessToken(settings.api_key, settings.api_secret).with_identity(order.egress_id)
    return made.with_kind("egress").with_grants(grants).to_jwt()
