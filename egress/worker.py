"""The worker: accepts recording requests, serves StopEgress, and recovers egresses whose worker died."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from livekit.protocol import egress as protocol
from redis.asyncio import Redis

from egress import ending
from egress.admission import Admission
from egress.bus import Bus, RpcError, Serving
from egress.context import WorkerContext
from egress.failures import Tasks, log_failure
from egress.leases import POLL_INTERVAL, RENEW_INTERVAL, Leases
from egress.locks import exclusive
from egress.messages import StartEgressRequest, new_id
from egress.recordings import Recording
from egress.recovery import Recovery
from egress.request import parse
from egress.settings import Settings

FREE = 1.0  # an affinity that LiveKit chooses without waiting for other claims
ACCEPT_TIMEOUT, SHUTDOWN_TIMEOUT = 10.0, 60.0  # seconds


class Worker:
    """One worker. `run` returns after `stopping` is set and every recording has ended."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.profile = settings, settings.profile
        self.admission = Admission(settings)
        self.recordings: dict[str, Recording] = {}
        self.accepting: dict[str, asyncio.Future[protocol.EgressInfo]] = {}
        self.reserved: set[str] = set()  # of those, the ones with a reserved place
        self.tasks = Tasks("a recording's task")
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Raises FolderInUse if another worker has the same folder."""
        async with AsyncExitStack() as stack:
            stack.enter_context(exclusive_folder(self.settings.folder))
            redis = Redis.from_url(self.settings.redis_url)
            stack.push_async_callback(redis.aclose)
            self.bus = await stack.enter_async_context(Bus(self.settings.redis_url))
            self.context = WorkerContext(self.settings, self.bus, Leases(redis, new_id("worker ")))
            self.context.egresses.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.recovery = Recovery(self.context)
            for folder in self.recovery.unfinished():
                self.tasks.spawn(self.recovery.finish(folder))
            stack.push_async_callback(self.context.spare.close)
            self.context.spare.prepare()
            await self.bus.serve("EgressInternal", "StartEgress", self.start, affinity=self.affinity)
            print("egress: ready", flush=True)
            await self.work()

    async def work(self) -> None:
        """Until `stopping` is set, and then until every recording has ended."""
        background = [asyncio.ensure_future(task) for task in (self.renew_leases(), self.upload_pending())]
        try:
            await self.poll_until_stopping()
            await self.shut_down()
        finally:
            for task in background:
                task.cancel()

    # Requests

    def affinity(self, raw: bytes) -> float:
        egress_id = StartEgressRequest.FromString(raw).egress_id
        is_free = egress_id in self.recordings or self.has_room(egress_id)
        return FREE if is_free else self.profile.affinity_when_full

    def has_room(self, egress_id: str) -> bool:
        if self.stopping.is_set():
            return False
        reserved = self.reserved - self.recordings.keys() - {egress_id}
        return self.admission.has_room(self.recordings.values(), len(reserved))

    async def start(self, raw: bytes) -> protocol.EgressInfo:
        """Idempotent by egress id: a caller that got no response retries the same request."""
        start_request = StartEgressRequest.FromString(raw)
        egress_id = start_request.egress_id
        if egress_id in self.accepting:
            return await asyncio.shield(self.accepting[egress_id])
        if egress_id in self.recordings:
            return self.recordings[egress_id].info
        accepting = self.accepting[egress_id] = asyncio.ensure_future(self.accept(start_request))
        accepting.add_done_callback(lambda done: self.accepting.pop(egress_id))
        return await asyncio.shield(accepting)

    async def accept(self, start_request: StartEgressRequest) -> protocol.EgressInfo:
        request = parse(start_request, datetime.now(UTC))
        ending.target_of(request, self.settings)  # rejected before anything is recorded
        if not self.has_room(request.egress_id):
            raise RpcError(self.profile.rejection_code, "this worker has no room for another recording")
        self.reserved.add(request.egress_id)
        try:
            recording = await Recording.begin(self.context, start_request, request)
            self.recordings[request.egress_id] = recording
        finally:
            self.reserved.discard(request.egress_id)
        served = asyncio.Event()
        self.tasks.spawn(self.record(recording, served))
        await served.wait()  # before the response, for StopEgress may follow at once
        return recording.info

    async def serve_handlers(self, recording: Recording) -> list[Serving]:
        """The RPCs of one egress, with its id as their topic."""

        async def stop(raw: bytes) -> protocol.EgressInfo:
            return await recording.stop()

        async def update_stream(raw: bytes) -> protocol.EgressInfo:
            raise RpcError("invalid_argument", "a recording to a file has no streams to update")

        topic = recording.request.egress_id
        return [
            await self.bus.serve("EgressHandler", method, handler, topic=topic, locked=True)
            for method, handler in (("StopEgress", stop), ("UpdateStream", update_stream))
        ]

    async def record(self, recording: Recording, served: asyncio.Event) -> None:
        """A recording from its start to its end. `served` is set once its RPCs are served."""
        handlers: list[Serving] = []
        try:
            handlers = await self.serve_handlers(recording)
        finally:
            served.set()
            await self.run_recording(recording, handlers)

    async def run_recording(self, recording: Recording, handlers: list[Serving]) -> None:
        try:
            await recording.run()
        finally:
            for serving in handlers:
                await serving.end()
            del self.recordings[recording.request.egress_id]

    # In the background

    async def renew_leases(self) -> None:
        """Whatever else takes long must not let a lease expire."""
        while True:
            infos = [recording.info for recording in self.recordings.values()]
            for info in [*infos, *self.recovery.under_way.values()]:
                await self.context.leases.renew(info)
            await asyncio.sleep(RENEW_INTERVAL)

    async def upload_pending(self) -> None:
        """Takes long while storage is away."""
        while True:
            await asyncio.sleep(POLL_INTERVAL)
            try:
                await asyncio.to_thread(self.context.pending_uploads.upload_all)
            except Exception as error:  # noqa: BLE001  logged; retried soon
                log_failure("uploading pending files", error)

    async def poll_until_stopping(self) -> None:
        self.admission.measure()
        while not self.stopping.is_set():
            try:
                await asyncio.wait_for(self.stopping.wait(), POLL_INTERVAL)
            except TimeoutError:
                try:
                    await self.poll()
                except Exception as error:  # noqa: BLE001  logged; the next poll comes soon
                    log_failure("a poll", error)

    async def poll(self) -> None:
        """Measure the load, and report egresses of other workers whose leases have expired."""
        self.admission.measure()
        here = {folder.path.name for folder in self.recovery.unfinished()}
        mine = {*self.recordings, *self.accepting, *self.recovery.under_way, *here}
        for info in await self.context.leases.take_expired(mine):
            self.tasks.spawn(self.recovery.report_lost(info))

    async def shut_down(self) -> None:
        """Stop every recording, also one that is being accepted."""
        if self.accepting:
            await asyncio.wait(self.accepting.values(), timeout=ACCEPT_TIMEOUT)
        for recording in list(self.recordings.values()):
            await recording.stop()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=SHUTDOWN_TIMEOUT)


class FolderInUse(Exception):
    """Another worker holds the lock of this folder."""


@contextmanager
def exclusive_folder(folder: Path) -> Iterator[None]:
    """Two workers in one folder would recover each other's recordings."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(folder / "worker.lock") as mine:
        if not mine:
            raise FolderInUse(f"another worker uses EGRESS_FOLDER={folder}: give each its own")
        yield
