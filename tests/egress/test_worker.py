"""A worker on a real bus, with a fake recorder and fake storage."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from livekit import api
from livekit.protocol import egress as protocol

from egress import child as child_module
from egress import worker as worker_module
from egress.bus import RpcError
from egress.leases import RUNNING
from egress.messages import new_id
from egress.profile import DEFAULT
from egress.state import Status
from tests.egress import recorders
from tests.egress.buses import run, until
from tests.egress.harness import Gate, Harness, active, refused
from tests.egress.server import Info
from tests.egress.start_requests import start_request


def test_a_recording_from_its_request_to_its_end(harness: Harness, mp4: bytes) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            answer = await server.start(start_request("EG_1", room_name="plain"))
            assert (answer.egress_id, answer.room_name) == ("EG_1", "plain")
            known = [(info.egress_id, info.status) for info in server.created]  # before the answer
            assert known == [("EG_1", Status.EGRESS_STARTING)]
            await server.became("EG_1", "ACTIVE")
            assert await harness.lease("EG_1")
            assert (await server.stop("EG_1")).status == Status.EGRESS_ENDING
            ended = await server.ended("EG_1")
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "COMPLETE"]
            assert ended.details == "End reason: StopEgress API"
            assert ended.started_at and ended.ended_at
            assert harness.storage.files == {"recording.mp4": mp4}
            await until(lambda: not worker.recordings and not harness.folders())
            assert await harness.lease("EG_1") is None
            assert await harness.redis.hgetall(RUNNING) == {}

    run(scenario)


@pytest.mark.parametrize(
    ("room", "states", "details"),
    [
        ("limit", ["ACTIVE", "ENDING", "LIMIT_REACHED"], "End reason: Limit reached"),
        ("closed", ["ACTIVE", "ENDING", "COMPLETE"], "End reason: Source closed"),
        ("broken", ["ACTIVE", "FAILED"], ""),
        ("killed", ["ACTIVE", "FAILED"], ""),
        ("refused", ["FAILED"], ""),
    ],
)
def test_a_recording_that_ends_by_itself_is_reported(
    harness: Harness, room: str, states: list[str], details: str
) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await server.start(start_request("EG_1", room_name=room))
            assert (await server.ended("EG_1")).details == details
            assert server.states("EG_1") == states
            assert list(harness.storage.files) == ([] if room == "refused" else ["recording.mp4"])

    run(scenario)


def test_stopped_before_anybody_sent_media_is_aborted(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await server.start(start_request("EG_1", room_name="silent"))
            assert (await server.stop("EG_1")).status == Status.EGRESS_STARTING
            assert (await server.ended("EG_1")).error == "Start signal not received"
            assert server.states("EG_1") == ["ABORTED"]

    run(scenario)


def test_it_can_be_stopped_the_moment_it_was_started(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            for _ in range(5):
                egress_id = (await server.start(start_request(room_name="plain"))).egress_id
                await server.stop(egress_id)
                await server.ended(egress_id)

    run(scenario)


def test_a_stop_is_answered_with_what_it_did_though_the_end_overtakes_it(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await active(server, egress_id="EG_1")
            leases = worker.context.leases
            renew = leases.renew

            async def renew_late(info: Info) -> None:
                if info.status == Status.EGRESS_ENDING:
                    await server.ended("EG_1")
                await renew(info)

            leases.renew = renew_late  # type: ignore[method-assign]
            assert (await server.stop("EG_1")).status == Status.EGRESS_ENDING
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "COMPLETE"]
            await until(lambda: not worker.recordings)
            assert await harness.redis.keys("egress_workers:*") == []

    run(scenario)


def test_it_is_stopped_twice_as_once(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await active(server, egress_id="EG_1")
            await asyncio.gather(server.stop("EG_1"), server.stop("EG_1"))
            await server.ended("EG_1")
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "COMPLETE"]

    run(scenario)


def test_a_recording_that_does_not_end_is_killed_and_saved(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "STOP_TIMEOUT", 0.2)

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await active(server, "stubborn", "EG_1")
            await server.stop("EG_1")
            assert (await server.ended("EG_1")).error == "The recording process was killed"
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "FAILED"]
            assert list(harness.storage.files) == ["recording.mp4"]

    run(scenario)


@pytest.mark.parametrize("said", ["5", "{}", '{"event": "unheard of"}', "x" * 2_000_000])
def test_whatever_a_recording_writes_it_comes_to_its_end(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, said: str, tmp_path: Path
) -> None:
    script = tmp_path / "babbling.py"
    script.write_text(recorders.FAKE.read_text().replace('os.environ["BABBLE"]', repr(said)))
    recorders.fake(monkeypatch, tmp_path, script)

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await server.start(start_request("EG_1", room_name="babbling"))
            child = worker.recordings["EG_1"].child
            assert child
            await asyncio.sleep(0.5)  # for what it writes
            try:
                await server.stop("EG_1")
                await server.ended("EG_1")
            finally:
                child.stop()
                await child.process.wait()

    run(scenario)


def test_streams_of_a_file_cannot_be_updated(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await active(server, egress_id="EG_1")
            request = protocol.UpdateStreamRequest(egress_id="EG_1")
            with pytest.raises(RpcError) as raised:
                await server.bus.call("EgressHandler", "UpdateStream", request, Info, topic="EG_1")
            assert raised.value.code == "invalid_argument"

    run(scenario)


def test_its_token_is_a_hidden_recorder_s(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await active(server, egress_id="EG_1")
            job = worker.recordings["EG_1"].job()
            read = api.TokenVerifier("devkey", "a secret of 32 characters or more").verify(job.token)
            assert (read.identity, read.kind) == ("EG_1", "egress")
            grants = read.video
            assert grants
            assert (grants.room, grants.hidden, grants.recorder, grants.can_publish) == (
                "plain",
                True,
                True,
                False,
            )

    run(scenario)


def test_when_storage_is_away_it_is_sent_later(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "POLL_INTERVAL", 0.1)
    sent: dict[str, bytes] = {}
    monkeypatch.setattr(
        "egress.pending_uploads.upload", lambda file, target, key: sent.update({key: file.read_bytes()})
    )
    harness.storage.refusals[".mp4"] = "S3 is away"

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await server.start(start_request("EG_1", room_name="limit"))
            assert (await server.ended("EG_1")).error == "S3 upload failed: S3 is away"
            await until(lambda: "recording.mp4" in sent)

    run(scenario)


def test_a_killed_recording_ends_only_itself(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            names = [await active(server, egress_id=new_id("EG_")) for _ in range(2)]
            child = worker.recordings[names[0]].child
            assert child
            os.kill(child.process.pid, signal.SIGKILL)
            await server.ended(names[0])
            assert server.states(names[0]) == ["ACTIVE", "FAILED"]
            await server.stop(names[1])
            await server.ended(names[1])
            assert server.states(names[1]) == ["ACTIVE", "ENDING", "COMPLETE"]

    run(scenario)


def test_a_stopping_worker_finishes_its_recordings(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            async with harness.worker() as worker:
                names = [await active(server) for _ in range(2)]
                worker.stopping.set()
                assert worker.affinity(b"") == DEFAULT.affinity_when_full
            for name in names:
                assert server.states(name) == ["ACTIVE", "ENDING", "COMPLETE"]
            assert harness.folders() == []
            assert await harness.redis.keys("egress_workers:*") == []

    run(scenario)


def test_a_stopping_worker_accepts_no_requests(harness: Harness, gate: Gate) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            first = await active(server)
            worker.stopping.set()
            await server.became(first, "ENDING")
            assert (await refused(server, start_request())).code == "resource_exhausted"
            gate.opened.set()

    run(scenario)
