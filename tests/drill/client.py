"""One tab of one person, in a process of its own: joins, and remains until it is to leave.

Run as `python -m tests.drill.client NOTES COOKIES JOIN_URL NAME SCENARIO SOUND`, where SCENARIO is one of
LiveKit's (such as SIGNAL_RECONNECT), played once inside, or empty; SOUND is "tone", so that there is
something to record, or empty. It leaves when its standard input closes, and comes back when it is cut off;
kill -9 is the other way to end it.
"""

import asyncio
import sys
import threading
from pathlib import Path

from livekit import rtc
from livekit.rtc._proto import room_pb2

from tests.drill.join_page import Away, Browser, Refused, Ticket
from tests.drill.notes import Writer
from tests.e2e.senders import SAMPLES, Media, Tone

PAUSE = 0.05  # seconds; the SDK changes a reconnected participant's sid without an event
FINAL = {"CLIENT_INITIATED", "DUPLICATE_IDENTITY", "ROOM_DELETED", "PARTICIPANT_REMOVED"}
PLAYED_AFTER = 5.0  # seconds inside


class Tab:
    def __init__(self, notes: Writer, browser: Browser, join_url: str, name: str, sound: str = "") -> None:
        self.notes, self.browser = notes, browser
        self.join_url, self.name, self.sound = join_url, name, sound
        self.leaving = threading.Event()
        self.played = asyncio.Event()

    def obey(self) -> None:
        """Until standard input closes, which also happens when whoever started this tab is gone."""
        sys.stdin.read()
        self.leaving.set()

    async def run(self, scenario: str) -> None:
        while not self.leaving.is_set():
            try:
                ticket = await asyncio.to_thread(self.browser.enter, self.join_url, self.name)
                if await ObservedConnection(self, ticket).live(scenario) in FINAL:
                    return
            except Away:
                self.notes.note("nobody answers")
            except Refused as refused:
                self.notes.note("refused", code=str(refused))
                return
            await asyncio.sleep(0.5)


class ObservedConnection:
    def __init__(self, tab: Tab, ticket: Ticket) -> None:
        self.tab, self.ticket, self.notes = tab, ticket, tab.notes
        self.room = rtc.Room()
        self.reason = ""
        self.is_back = asyncio.Event()
        self.room.on("reconnecting", lambda: self.notes.note("reconnecting"))
        self.room.on("reconnected", self.reconnected)
        self.room.on("disconnected", self.disconnected)

    def reconnected(self) -> None:
        self.notes.note("reconnected")
        self.is_back.set()

    def disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        self.reason = rtc.DisconnectReason.Name(reason)

    async def live(self, scenario: str) -> str:
        """Connect, remain, leave; the reason of the end, empty if it never began."""
        self.notes.note("connecting", identity=self.ticket.identity)
        try:
            await self.room.connect(self.ticket.url, self.ticket.token)
        except rtc.ConnectError:  # its text has the token
            self.notes.note("failed")
            return ""
        self.sid = self.room.local_participant.sid
        self.notes.note("connected", sid=self.sid)
        beside = [asyncio.create_task(self.play(scenario)), asyncio.create_task(self.speak())]
        await self.until_over()
        for task in beside:
            task.cancel()
        return self.reason

    async def until_over(self) -> None:
        while not (self.reason or self.tab.leaving.is_set()):
            self.note_new_sid()
            await asyncio.sleep(PAUSE)
        self.note_new_sid()
        if self.reason:
            self.notes.note("disconnected", reason=self.reason)
            return
        self.notes.note("leaving")
        await self.room.disconnect()
        self.notes.note("left")
        self.reason = "CLIENT_INITIATED"

    def note_new_sid(self) -> None:
        if self.room.local_participant.sid != self.sid:
            self.sid = self.room.local_participant.sid
            self.notes.note("new sid", sid=self.sid)

    async def play(self, scenario: str) -> None:
        """A scenario of LiveKit's; whoever plays it to leave after it, leaves as soon as they are back."""
        if not scenario:
            return
        await asyncio.sleep(PLAYED_AFTER)
        self.notes.note("simulating", scenario=scenario)
        kind, _, then = scenario.partition("+")
        await self.room.simulate_scenario(room_pb2.SimulateScenarioKind.Value(f"SIMULATE_{kind}"))
        await self.is_back.wait()
        if then == "leave":
            await asyncio.sleep(0.5)  # a new sid would be noted by then
            self.tab.leaving.set()

    async def speak(self) -> None:
        """A tone, if this tab has one."""
        if not self.tab.sound:
            return
        source, tone = rtc.AudioSource(SAMPLES, 1, queue_size_ms=1000), Tone(Media())
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        await self.room.local_participant.publish_track(track, rtc.TrackPublishOptions())
        while True:
            await source.capture_frame(tone.chunk(0.0))  # waits while a second of it is on its way


def main() -> None:
    notes, cookies, join_url, name, scenario, sound = sys.argv[1:]
    tab = Tab(Writer(Path(notes)), Browser(Path(cookies)), join_url, name, sound)
    threading.Thread(target=tab.obey, daemon=True).start()
    asyncio.run(tab.run(scenario))


if __name__ == "__main__":
    main()
