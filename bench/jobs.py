"""What goes on beside the requests: LiveKit's webhooks, and the periodic jobs among many live meetings."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from livekit import api

from bench import load
from bench.fake_livekit import JOINED_AT, PEOPLE
from bench.ground import Ground
from bench.load import Request
from bench.processes import cpu_seconds
from bench.services import OURS, Service
from bench.world import Owner, analyze
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from recordings.models import Recording
from tests.rows import insert_rows, loading

JOBS = {
    "reconciler": "inbox.tasks.reconcile",
    "settling": "billing.tasks.settle",
    "recordings' sweep": "recordings.tasks.sweep_recordings",
    "feedback requests": "feedback.tasks.create_feedback_requests",
}
APPLY = "inbox.tasks.apply_pending_webhooks"
LONG = 150.0  # seconds: a round that took longer is not repeated
APPLYING = 30.0  # seconds for which webhooks are applied at most
SINCE = f"to_timestamp({JOINED_AT})"


@dataclass(frozen=True)
class Plan:
    live: int  # meetings, of PEOPLE each
    rounds: int
    webhooks: int
    seconds: float


class Worker:
    """One process that runs tasks, and what they cost PostgreSQL."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        env = {**os.environ, **ground.env, "DJANGO_SETTINGS_MODULE": "upclass.settings"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            text=True,
        )

    def run(self, task: str) -> dict[str, float]:
        """As bench.worker says, with seconds of `database` CPU and megabytes of WAL."""
        assert self.process.stdin and self.process.stdout
        before, wal = cpu_seconds(self.ground.postgres), wal_position()
        print(task, file=self.process.stdin, flush=True)
        said: dict[str, float] = json.loads(self.process.stdout.readline())
        database = cpu_seconds(self.ground.postgres) - before
        return {**said, "database": database, "wal": (wal_position() - wal) / 1e6}

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


def wal_position() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def measure(ground: Ground, folder: Path, plan: Plan) -> dict[str, Any]:
    tell_rooms(ground, make_live(plan.live))
    worker = Worker(ground)
    try:
        found = dict(run_jobs(worker, plan))
        found["webhooks"] = webhooks(ground, worker, folder, plan)
    finally:
        worker.stop()
    return {"live": plan.live, "people": PEOPLE, **found}


def run_jobs(worker: Worker, plan: Plan) -> Iterator[tuple[str, Any]]:
    """Each job in turn, for they give one another work."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in JOBS}
    for _ in range(plan.rounds):
        for name, task in JOBS.items():
            if not rounds[name] or rounds[name][-1]["seconds"] < LONG:
                rounds[name].append(worker.run(task))
                print(f"{name}: {rounds[name][-1]}", flush=True)
    yield "jobs", rounds


# Live meetings


def make_live(number: int) -> list[str]:
    """Codes of so many meetings, recorded and asking for feedback, in each of which people are."""
    owner = Owner("live")
    with loading(Meeting, Participant, Connection, Recording):
        owner.make_meetings(
            2 * 10**6,
            number,
            is_secured="true",
            record_on_cloud="true",
            feedback_required="true",
            created_at=SINCE,
        )
        make_people(owner)
        make_recordings(owner)
    analyze()
    return owner.codes


def make_people(owner: Owner) -> None:
    """As the fake LiveKit names them."""
    of_each = (
        f"meetings_meeting m, generate_series(0, {PEOPLE - 1}) n WHERE m.customer_id = {owner.customer.pk}"
    )
    insert_rows(
        Participant,
        of_each,
        meeting_id="m.id",
        external_user_id="'user-' || n",
        display_name="'Ann'",
        role="'host'",
        code="'BCD23' || n",
        identity="m.code || '-' || n",
        created_at=SINCE,
    )
    insert_rows(
        Connection,
        "participants_participant p JOIN meetings_meeting m ON m.id = p.meeting_id "
        f"WHERE m.customer_id = {owner.customer.pk}",
        meeting_id="m.id",
        participant_id="p.id",
        sid="'PA_' || m.code || '_' || right(p.identity, 1)",
        session_id="'abcdefghijkl'",
        joined_at=SINCE,
        last_seen_at="now() - interval '30 s'",
        created_at=SINCE,
        unsettled_since="now()",
    )


def make_recordings(owner: Owner) -> None:
    insert_rows(
        Recording,
        "meetings_meeting m JOIN participants_participant p ON p.meeting_id = m.id AND p.code = 'BCD230' "
        f"WHERE m.customer_id = {owner.customer.pk}",
        uid="'r' || m.id",
        meeting_id="m.id",
        recorder_id="p.id",
        state="'recording'",
        file="'bench/' || m.code || '.mp4'",
        egress_id="'EG_' || m.code",
        try_after=SINCE,
        requested_at=SINCE,
        started_at=SINCE,
        created_at=SINCE,
    )


def tell_rooms(ground: Ground, codes: list[str]) -> None:
    address = f"http://127.0.0.1:{ground.livekit_port}/rooms"
    urllib.request.urlopen(address, "\n".join(codes).encode(), timeout=60).close()


# Webhooks


def webhooks(ground: Ground, worker: Worker, folder: Path, plan: Plan) -> dict[str, Any]:
    """How many are kept in a second, and how many one process applies."""
    owner = Owner("webhooks")
    owner.make_meetings(3 * 10**6, max(1, plan.webhooks // PEOPLE))
    requests = load.write(folder / "webhooks.tsv", signed(owner.codes, plan.webhooks))
    service = Service(OURS, ground)
    try:
        kept = service.ask(requests, 32, plan.seconds)
    finally:
        service.stop()
    sent = min(kept.requests, plan.webhooks)
    applied = apply_all(worker, owner, sent)
    print(f"webhooks: {kept.rate:.0f}/s kept, applied: {applied}", flush=True)
    return {"kept": kept.rate, "p99": kept.p99, "sent": sent, **applied}


def apply_all(worker: Worker, owner: Owner, number: int) -> dict[str, float]:
    """Until each joined, or time is up."""
    began, cpu, database = time.monotonic(), 0.0, 0.0
    there = 0
    while there < number and time.monotonic() - began < APPLYING:
        done = worker.run(APPLY)
        cpu, database = cpu + done["cpu"], database + done["database"]
        there = Connection.objects.filter(meeting__customer=owner.customer).count()
    seconds = time.monotonic() - began
    each = 1000 / max(1, there)
    return {"applied": there / seconds, "cpu": cpu * each, "database": database * each}


def signed(codes: list[str], number: int) -> Iterator[Request]:
    """Of somebody's joining, each, as LiveKit signs them."""
    for place in range(number):
        body = json.dumps(joining(codes[place % len(codes)], place))
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        token = api.AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET).with_sha256(digest)
        headers = {"Authorization": token.to_jwt(), "Content-Type": "application/webhook+json"}
        yield Request("POST", "/webhooks/livekit/", headers, body)


def joining(code: str, place: int) -> dict[str, Any]:
    """As large as LiveKit's are."""
    now = str(int(time.time()))
    person = {
        "sid": f"PA_w{place}",
        "identity": f"w{place}",
        "name": "Ann",
        "joinedAt": now,
        "state": "ACTIVE",
    }
    room = {"sid": f"RM_{code}", "name": code, "metadata": "x" * 600}
    event = {"event": "participant_joined", "id": f"EV_w{place}", "createdAt": now}
    return {**event, "room": room, "participant": person}
