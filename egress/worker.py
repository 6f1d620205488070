"""The service: takes orders that it has room for, stops what it is asked to stop, finds what was lost."""

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
from egress.failures import Tasks, tell_of_failure
from egress.leases import LOOK_EVERY, RENEW_EVERY, Leases
from egress.locks import alone
from egress.messages import StartEgressRequest, new_id
from egress.recordings import Recording
from egress.request import read
from egress.settings import Settings
from egress.succession import Succession

FREE = 1.0  # an affinity: chosen at once
ACCEPTING, WINDING_UP = 10.0, 60.0  # seconds


class Worker:
    """One worker. `run` returns when it was asked to stop and every recording has ended."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.manners = settings, settings.manners
        self.admission = Admission(settings)
        self.recordings: dict[str, Recording] = {}
        self.accepting: dict[str, asyncio.Future[protocol.EgressInfo]] = {}
        self.promised: set[str] = set()  # of those, the ones that get a place
        self.tasks = Tasks("a recording's task")
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Raises FolderTaken if another worker lives in the same folder."""
        async with AsyncExitStack() as stack:
            stack.enter_context(alone_in(self.settings.folder))
            redis = Redis.from_url(self.settings.redis_url)
            stack.push_async_callback(redis.aclose)
            self.bus = await stack.enter_async_context(Bus(self.settings.redis_url))
            self.context = WorkerContext(self.settings, self.bus, Leases(redis, new_id("worker ")))
            self.context.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.succession = Succession(self.context)
            for folder in self.succession.left_behind():
                self.tasks.spawn(self.succession.finish(folder))
            stack.push_async_callback(self.context.ready.close)
            self.context.ready.prepare()
            await self.bus.serve("EgressInternal", "StartEgress", self.start, affinity=self.affinity)
            print("egress: ready", flush=True)
            await self.work()

    async def work(self) -> None:
        """Until it was asked to stop, and then until all is ended."""
        beside = [asyncio.ensure_future(self.renew()), asyncio.ensure_future(self.send())]
        try:
            await self.watch()
            await self.wind_up()
        finally:
            for task in beside:
                task.cancel()

    # Orders

    def affinity(self, request: bytes) -> float:
        known = StartEgressRequest.FromString(request).egress_id
        return FREE if known in self.recordings or self.has_room(known) else self.manners.full

    def has_room(self, egress_id: str) -> bool:
        if self.stopping.is_set():
            return False
        coming = self.promised - self.recordings.keys() - {egress_id}
        return self.admission.has_room(self.recordings.values(), len(coming))

    async def start(self, request: bytes) -> protocol.EgressInfo:
        """Take an order. The same one again, which a caller without an answer sends, is one recording."""
        ordered = StartEgressRequest.FromString(request)
        egress_id = ordered.egress_id
        if egress_id in self.accepting:
            return await asyncio.shield(self.accepting[egress_id])
        if egress_id in self.recordings:
            return self.recordings[egress_id].info
        accepting = self.accepting[egress_id] = asyncio.ensure_future(self.accept(ordered))
        accepting.add_done_callback(lambda done: self.accepting.pop(egress_id))
        return await asyncio.shield(accepting)

    async def accept(self, ordered: StartEgressRequest) -> protocol.EgressInfo:
        order = read(ordered, datetime.now(UTC))
        ending.target_of(order, self.settings)  # refused before anything is recorded
        if not self.has_room(ordered.egress_id):
            raise RpcError(self.manners.refusal, "this worker has no room for another recording")
        self.promised.add(ordered.egress_id)
        try:
            recording = await Recording.begin(self.context, ordered, order)
            self.recordings[ordered.egress_id] = recording
        finally:
            self.promised.discard(ordered.egress_id)
        served = asyncio.Event()
        self.tasks.spawn(self.record(recording, served))
        await served.wait()  # before the answer, for it may be stopped at once
        return recording.info

    async def serve_handlers(self, recording: Recording) -> list[Serving]:
        """While a recording lasts, it can be spoken to by its id."""

        async def stop(request: bytes) -> protocol.EgressInfo:
            return await recording.stop()

        async def update_stream(request: bytes) -> protocol.EgressInfo:
            raise RpcError("invalid_argument", "a recording to a file has no streams to update")

        topic = recording.order.egress_id
        return [
            await self.bus.serve("EgressHandler", method, handler, topic=topic, locked=True)
            for method, handler in (("StopEgress", stop), ("UpdateStream", update_stream))
        ]

    async def record(self, recording: Recording, served: asyncio.Event) -> None:
        """A recording from its start to its end. `served` is set once it can be spoken to."""
        handlers: list[Serving] = []
        try:
            handlers = await self.serve_handlers(recording)
        finally:
            served.set()
            await self.run_to_its_end(recording, handlers)

    async def run_to_its_end(self, recording: Recording, handlers: list[Serving]) -> None:
        try:
            await recording.run()
        finally:
            for serving in handlers:
                await serving.end()
            del self.recordings[recording.order.egress_id]

    # Watching

    async def renew(self) -> None:
        """Whatever else takes long: show that this worker lives."""
        while True:
            infos = [recording.info for recording in self.recordings.values()]
            for info in [*infos, *self.succession.under_way.values()]:
                await self.context.leases.note(info)
            await asyncio.sleep(RENEW_EVERY)

    async def send(self) -> None:
        """What waited for storage; takes long while that is away."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await asyncio.to_thread(self.context.waiting.send_all)
            except Exception as error:  # noqa: BLE001  told of; tried again soon
                tell_of_failure("sending what waits", error)

    async def watch(self) -> None:
        """Until asked to stop: find lost egresses."""
        self.admission.measure()
        while not self.stopping.is_set():
            try:
                await asyncio.wait_for(self.stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                try:
                    await self.look()
                except Exception as error:  # noqa: BLE001  told of; the next look comes soon
                    tell_of_failure("a look", error)

    async def look(self) -> None:
        self.admission.measure()
        here = {folder.path.name for folder in self.succession.left_behind()}
        mine = {*self.recordings, *self.accepting, *self.succession.under_way, *here}
        for info in await self.context.leases.lost(mine):
            self.tasks.spawn(self.succession.report(info))

    async def wind_up(self) -> None:
        """End every recording in good order, also one that is just being accepted."""
        if self.accepting:
            await asyncio.wait(self.accepting.values(), timeout=ACCEPTING)
        for recording in list(self.recordings.values()):
            await recording.stop()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=WINDING_UP)


class FolderTaken(Exception):
    """Another worker lives in this folder."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Two in one folder would take each other's recordings for left behind."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(folder / "worker.lock") as mine:
        if not mine:
            raise FolderTaken(f"another worker uses EGRESS_FOLDER={folder}: give each its own")
        yield
