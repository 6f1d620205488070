"""One egress from its request to its end: a recording process, its states, and the file in storage."""

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
from egress.failures import log_failure
from egress.folders import EgressFolder
from egress.job import CONNECTION_LOST, LIMIT, ROOM_CLOSED, STOPPED, Job
from egress.messages import RpcError, StartEgressRequest
from egress.request import RecordingRequest
from egress.settings import Settings
from egress.state import Status, UpdateQueue

log = logging.getLogger("egress")

MAYBE_DELIVERED = ("deadline_exceeded", "unavailable")  # perhaps only the response was lost
REASONS = {  # in the words of the official worker
    STOPPED: "StopEgress API",
    ROOM_CLOSED: "Source closed",
    CONNECTION_LOST: "Source closed",
    LIMIT: "Limit reached",
}


class Recording:
    """An egress of this worker."""

    def __init__(self, context: WorkerContext, request: RecordingRequest, folder: EgressFolder) -> None:
        self.context, self.request, self.folder = context, request, folder
        self.info = state.initial_info(request)
        self.child: Child | None = None
        self.updates: UpdateQueue | None = None
        self.started = time.monotonic()

    @classmethod
    async def begin(
        cls, context: WorkerContext, start_request: StartEgressRequest, request: RecordingRequest
    ) -> "Recording":
        """Register the egress with LiveKit, and start its recording. Raises RpcError, leaving nothing.

        Where LiveKit may have registered it all the same, the lease is left to expire: then it is reported
        as lost.
        """
        folder = EgressFolder.create(context.egresses, start_request)
        recording = cls(context, request, folder)
        try:
            await recording.save_state()
            await state.create_egress(context.bus, recording.info)
            await recording.start()
        except BaseException as error:
            folder.remove()
            if not (isinstance(error, RpcError) and error.code in MAYBE_DELIVERED):
                await context.leases.release(request.egress_id)
            raise
        recording.updates = UpdateQueue(context.bus, context.profile.update_copies)
        recording.updates.publish(recording.info, already_sent=1)
        return recording

    async def start(self) -> None:
        """Raises RpcError, after a final update to LiveKit, if no process can be started."""
        try:
            self.child = await Child.start(self.job(), self.context.spare)
        except OSError as error:
            ending.fail(
                self.info, Status.EGRESS_FAILED, "no recording process could be started", ending.INTERNAL
            )
            with suppress(RpcError):
                await state.update_egress(self.context.bus, self.info)
            raise RpcError("internal", self.info.error) from error

    def job(self) -> Job:
        settings, profile = self.context.settings, self.context.profile
        return Job(
            egress_id=self.request.egress_id,
            room=self.request.room,
            url=settings.livekit_url,
            token=token(settings, self.request),
            file=str(self.folder.mp4),
            audio_only=self.request.audio_only,
            layout=self.request.layout,
            max_seconds=settings.max_seconds,
            start_delay=profile.draw_start_delay(),
            leaves_room=profile.leaves_room,
            **self.request.encoding._asdict(),
        )

    async def save_state(self) -> None:
        """On disk and in Redis, for recovery. Raises OSError."""
        self.folder.save_info(self.info)
        await self.context.leases.hold(self.info)

    # Events

    async def run(self) -> None:
        """Return when the egress has ended, its file is in storage, and LiveKit has its final state."""
        assert self.child
        ended: dict[str, Any] = {}
        async for event in self.child.events():
            if event["event"] == "ended":
                ended = event
                continue
            try:
                await self.on_event(event)
            except Exception as error:  # noqa: BLE001  logged; a recording must come to its end
                log_failure(f"an event of {self.request.egress_id}", error)
        await self.finish(ended)

    async def on_event(self, event: dict[str, Any]) -> None:
        if event["event"] == "active" and self.info.status == Status.EGRESS_STARTING:
            self.info.started_at = event.get("at") or time.time_ns()
            await self.advance(Status.EGRESS_ACTIVE)
        elif event["event"] == "ending":
            assert self.child
            self.child.stop()  # it ends by itself; should it not, it is killed
            reason = event.get("reason", "")
            self.info.details = f"End reason: {REASONS.get(reason, reason)}"
            await self.advance(Status.EGRESS_ENDING)

    async def advance(self, status: Status) -> None:
        """To a later state; an earlier one than the present one changes nothing."""
        if self.info.status >= status:
            return
        if status == Status.EGRESS_ENDING and self.info.status == Status.EGRESS_STARTING:
            return  # nothing was recorded: the final state follows STARTING
        self.info.status = status
        await self.report()

    async def report(self) -> None:
        """Publish the state to LiveKit, and save it for recovery; a full disk keeps the state before."""
        assert self.updates
        self.updates.publish(self.info)
        try:
            self.folder.save_info(self.info)
        except OSError as error:
            log.warning("%s: what is known of it could not be written down: %s", self.info.egress_id, error)
        await self.context.leases.renew(self.info)

    async def stop(self) -> protocol.EgressInfo:
        """Request the end; the state that follows, though the egress may end before it is sent."""
        assert self.child
        info = self.info
        self.child.stop()
        if info.status == Status.EGRESS_ACTIVE:
            info.details = f"End reason: {REASONS[STOPPED]}"
            await self.advance(Status.EGRESS_ENDING)
        return info

    async def finish(self, ended: dict[str, Any]) -> None:
        """Save what was recorded, and publish the final state until LiveKit accepts it."""
        final = protocol.EgressInfo()
        final.CopyFrom(self.info)  # while it is saved, StopEgress may still be called
        await asyncio.to_thread(ending.finalize, self.context, self.request, self.folder, final, ended)
        self.info = final
        await self.report()
        assert self.updates
        if await self.updates.final_accepted():
            self.folder.remove()
            await self.context.leases.release(self.request.egress_id)


def token(settings: Settings, request: RecordingRequest) -> str:
    """The access token of a hidden recorder, whose identity is the egress id."""
    grants = api.VideoGrants(
        room_join=True,
        room=request.room,
        can_subscribe=True,
        can_publish=False,
        can_publish_data=False,
        hidden=True,
        recorder=True,
    )
    made = api.AccessToken(settings.api_key, settings.api_secret).with_identity(request.egress_id)
    return made.with_kind("egress").with_grants(grants).to_jwt()
