"""Lets a plan happen: meetings are made and ended, people come and go, parts are killed."""

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from local.stack import Stack
from tests.drill import killing
from tests.drill.integrator import Integrator
from tests.drill.plan import Ending, Plan, PlannedMeeting, PlannedVisit
from tests.drill.polls import Watcher
from tests.drill.record import Listener, Moments, Record
from tests.drill.service import Database
from tests.drill.tabs import Tab

TICK = 0.1
PATIENCE = 30.0  # seconds after the last planned kill, in which those that could not be are made up for


class Drill:
    """What happens, and what happened: in `tabs`, `meetings()`, `kills` and `record()`."""

    def __init__(self, plan: Plan, stack: Stack, integrator: Integrator, folder: Path) -> None:
        self.plan, self.stack, self.integrator, self.folder = plan, stack, integrator, folder
        self.tabs: list[Tab] = []
        self.made: dict[str, Future[Any]] = {}
        self.ends: list[Future[Any]] = []
        self.kills: Counter[str] = Counter()
        self.spared: list[str] = []
        self.livekit_deaths: list[Moments] = []
        self.ended: dict[str, Moments] = {}
        self.watcher = Watcher(Database(stack.env["DATABASE_URL"]))
        self.pool = ThreadPoolExecutor(8)
        self.order = itertools.count()
        self.steps: list[tuple[float, int, Callable[[], None]]] = []

    def say(self, who: str, what: str, at: float | None = None) -> None:
        seconds = (at or time.time()) - self.began
        print(f"{seconds:7.1f}  {who:<14} {what}", flush=True)

    def at(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self.steps, (seconds, next(self.order), action))

    # The run

    def run(self) -> None:
        self.began = time.time()
        self.watcher.start()
        for meeting in self.plan.meetings:
            self.at(meeting.opens_at, partial(self.open, meeting))
            if meeting.ending is Ending.DELETED:
                self.at(meeting.ends_at, partial(self.delete, meeting))
        for visit in self.plan.visits:
            self.at(visit.at, partial(self.come, visit))
        for at, part in self.plan.kills:
            self.at(at, partial(self.kill, part))
        self.at(self.plan.seconds, self.close)
        while self.steps:
            self.step()

    def step(self) -> None:
        due = self.steps[0][0]
        if time.time() - self.began >= due:
            heapq.heappop(self.steps)[2]()
        else:
            self.listen()
            time.sleep(TICK)

    def listen(self) -> None:
        for tab in self.tabs:
            for event in tab.read():
                self.say(tab.person, str(event), event.at)

    def again(self, action: Callable[[], None]) -> None:
        self.at(time.time() - self.began + 1, action)

    # Meetings

    def open(self, meeting: PlannedMeeting) -> None:
        self.say(meeting.name, f"is created, {'secured' if meeting.is_secured else 'open'}")
        body: dict[str, Any] = {"topic": meeting.name, "is_secured": meeting.is_secured}
        body["record_on_cloud"] = meeting.is_recorded
        if meeting.is_secured:
            people = [{"display_name": name, "external_user_id": name} for name in meeting.people]
            body["participants"] = people
        if meeting.ending is Ending.EXPIRES:
            body["expires_at"] = datetime.fromtimestamp(self.began + meeting.ends_at, UTC).isoformat()
        self.made[meeting.name] = self.pool.submit(self.integrator.ask, "POST", "meetings/", body)

    def delete(self, meeting: PlannedMeeting) -> None:
        self.say(meeting.name, "is ended")
        code = self.made[meeting.name].result()["meeting_code"]
        self.ends.append(self.pool.submit(self._delete, code))

    def _delete(self, code: str) -> None:
        asked_at = time.time()
        self.integrator.ask("DELETE", f"meetings/{code}/")
        self.ended[code] = (asked_at, time.time())

    def meetings(self) -> list[Any]:
        """As the service answered when they were made."""
        return [made.result() for made in self.made.values()]

    def join_url(self, visit: PlannedVisit) -> str:
        """Empty while the meeting is not made yet."""
        made = self.made[visit.meeting.name]
        if not made.done():
            return ""
        links = {one["external_user_id"]: one["join_url"] for one in made.result().get("participants", [])}
        return str(links.get(visit.person, made.result()["join_url"]))

    # People

    def come(self, visit: PlannedVisit) -> None:
        url = self.join_url(visit)
        if not url:
            self.again(partial(self.come, visit))
            return
        self.say(visit.person, "opens a tab")
        sound = "tone" if visit.meeting.is_recorded else ""
        tab = Tab(self.folder, len(self.tabs), visit.person, url, visit.scenario, sound)
        self.tabs.append(tab)
        if visit.ending is Ending.LEAVES:
            self.at(visit.until, partial(self.leave, tab))
        elif visit.ending is Ending.KILLED:
            self.at(visit.until, partial(self.kill_tab, tab))

    def leave(self, tab: Tab) -> None:
        self.say(tab.person, "is to leave")
        tab.leave()

    def kill_tab(self, tab: Tab) -> None:
        self.say(tab.person, "is killed")
        tab.kill()

    def close(self) -> None:
        """Those still there leave; the meetings that are to be ended end their people's connections, too."""
        ended = {meeting.name for meeting in self.plan.meetings if meeting.ending is Ending.DELETED}
        for tab in self.tabs:
            if tab.is_open() and tab.person.rpartition(".")[0] not in ended:
                self.leave(tab)
        for end in self.ends:
            end.result()

    # Parts

    def kill(self, part: str) -> None:
        died = killing.kill(self.stack, part)
        if died is None:
            self.spare(part)
            return
        self.say(part, "KILLED", died[0])
        self.kills[part] += 1
        if part == "livekit":
            self.livekit_deaths.append(died)

    def spare(self, part: str) -> None:
        """It is being started: killed a little later, unless it does not come up until all is to be quiet."""
        if time.time() - self.began < self.plan.kills[-1][0] + PATIENCE:
            self.again(partial(self.kill, part))
        else:
            self.spared.append(part)

    # After it

    def wait_for_tabs(self, patience: float) -> None:
        """Until all are gone; those still there then are killed, which is noted like any other kill."""
        until = time.monotonic() + patience
        while any(tab.is_open() for tab in self.tabs) and time.monotonic() < until:
            self.listen()
            time.sleep(TICK)
        for tab in self.tabs:
            if tab.is_open():
                self.kill_tab(tab)
        self.listen()

    def record(self) -> Record:
        self.watcher.read()
        deaths = self.livekit_deaths
        connections = [one for tab in self.tabs for one in Listener(tab, deaths).connections()]
        return Record(connections, sorted(deaths), self.watcher.polls, {**self.ended, **self._expired()})

    def _expired(self) -> dict[str, Moments]:
        expiring = [meeting for meeting in self.plan.meetings if meeting.ending is Ending.EXPIRES]
        codes = [self.made[meeting.name].result()["meeting_code"] for meeting in expiring]
        moments = [self.began + meeting.ends_at for meeting in expiring]
        return {code: (at, at) for code, at in zip(codes, moments, strict=True)}

    def end(self) -> None:
        """Whatever is left of it is stopped."""
        self.watcher.stop()
        for tab in self.tabs:
            tab.leave()
        for tab in self.tabs:
            tab.end()
        self.pool.shutdown(cancel_futures=True)
