"""Everything read once all is quiet, judged, and reported in sentences."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from local.env import ROOT
from local.stack import Stack
from tests.drill import polls, recordings, report
from tests.drill.drill import Drill
from tests.drill.judging import Judgement
from tests.drill.plan import LAST_ONE
from tests.drill.service import Database

PATIENCE = 330.0  # seconds until everything is settled: recordings have five minutes


def wait_until_settled(database: Database) -> str:
    """What is not, if it is not so in time."""
    until = time.monotonic() + PATIENCE
    while (unfinished := database.unfinished()) and time.monotonic() < until:
        time.sleep(0.5)
    return f"after {PATIENCE:.0f} s of quiet there are {unfinished}" if unfinished else ""


def check_ledger(stack: Stack) -> tuple[list[str], str]:
    """The sentences about what is wrong, and the closing line."""
    command = [sys.executable, str(ROOT / "manage.py"), "check_ledger"]
    done = subprocess.run(command, env={**os.environ, **stack.env}, capture_output=True, text=True)
    return read_ledger(done.returncode, done.stdout, done.stderr)


def read_ledger(status: int, out: str, err: str) -> tuple[list[str], str]:
    """The last line that it prints closes; one that fails otherwise has said why."""
    *wrong, closing = out.strip().splitlines() or [f"it ended with status {status} and said nothing"]
    if status:
        wrong = wrong or [*err.strip().splitlines(), closing]
    return [f"check_ledger: {sentence}" for sentence in wrong], closing


class Verdict:
    """Waits until all is settled, then compares."""

    def __init__(self, drill: Drill) -> None:
        self.drill = drill
        self.database = Database(drill.stack.env["DATABASE_URL"])
        unfinished = wait_until_settled(self.database)
        wrong_ledger, self.ledger = check_ledger(drill.stack)
        self.record, meetings = drill.record(), drill.meetings()
        judgement = Judgement(self.record, self.database.connections(), meetings, drill.integrator)
        self.result = judgement.result
        self.recordings = self.database.recordings()
        stored = recordings.Stored(drill.stack)
        self.wrong_recordings = list(
            recordings.wrong(self.recordings, meetings, drill.integrator, stored.size)
        )
        first = [f"{part} did not come up to be killed" for part in drill.spared]
        first += [unfinished] if unfinished else []
        self.differences = [
            *first,
            *judgement.differences(self.database.events),
            *wrong_ledger,
            *self.wrong_recordings,
        ]

    @property
    def is_right(self) -> bool:
        return not self.differences

    def lines(self) -> Iterator[str]:
        yield from report.table(self.result)
        yield from self._of_last_one()
        yield from self.differences
        people = len({(one.code, one.identity) for one in self.record.connections})
        minutes, meetings = self.drill.plan.seconds / 60, len(self.drill.meetings())
        kills, each = self.drill.kills, [f"{part} {count}" for part, count in self.drill.kills.items()]
        visits = f"{len(self.result.pairs)} visits of {people} people in {meetings} meetings"
        yield f"drill: {minutes:g} min, {visits}, {kills.total()} kills ({', '.join(each)});"
        unreported = f"{len(self.result.missing)} visits whose webhooks died with livekit-server"
        yield f"largest difference: {report.largest(self.result.pairs)}; {unreported};"
        yield f"{polls.summary(self.record.polls)}; check_ledger: {self.ledger}"
        yield recordings.summary(self.recordings, self.record.connections)
        yield "DIFFERENCES: see above." if self.differences else "No difference."

    def _of_last_one(self) -> Iterator[str]:
        """What LiveKit reports of somebody who leaves after a signal reconnect."""
        for one in self.record.connections:
            if one.person == LAST_ONE and one.sid:
                events = [event["event"] for event in self.database.events(one.sid)]
                yield f"leaving after a signal reconnect is reported by: {', '.join(events)}"
