"""Many people without a browser: each sends a small moving picture of a person, and speaks when told."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from livekit import api

from tests.e2e.knocking import Ticket, knock
from tests.e2e.person import Person
from tests.e2e.senders import Loop, Media

SMALL = Media(width=160, height=90, framerate=5)
CLEAR = Media(width=640, height=360, framerate=10)  # for pictures that are kept


class Crowd:
    """Everybody who was sent into rooms of one LiveKit, by one thread."""

    def __init__(self, env: Mapping[str, str], media: Media = SMALL) -> None:
        self.media = media
        self.url, self.key, self.secret = (
            env[name] for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
        )
        self.home = Loop()
        self.people: list[Person] = []

    def fill(self, room: str, count: int, topics: Sequence[str] = ()) -> list[Person]:
        """So many more, "Person 1" and on, who were not admitted; their cameras are on."""
        numbers = range(len(self.people) + 1, len(self.people) + count + 1)
        tickets = [self.ticket(room, f"Person {number}") for number in numbers]
        return self.home.run(self._come(room, tickets, topics), seconds=60)

    def add(self, ticket: Ticket, topics: Sequence[str] = ()) -> Person:
        """Somebody with a ticket, from `ticket` or a knock at the join page; sends nothing yet."""
        person = self._person(ticket)
        self.home.run(person.come(topics))
        return person

    def join(self, url: str, name: str = "", topics: Sequence[str] = ()) -> Person:
        """By the join page, with a meeting's or a person's link."""
        return self.add(knock(url, name), topics)

    def ticket(self, room: str, name: str, identity: str = "", role: str = "attendee") -> Ticket:
        """As the join page gives it, for somebody whom the service does not know."""
        known = identity or uuid.uuid4().hex[:12]
        made = api.AccessToken(self.key, self.secret).with_identity(known).with_name(name)
        made = made.with_attributes({"meeting": room, "participant": known, "role": role})
        made = made.with_grants(api.VideoGrants(room_join=True, room=room))
        return Ticket(self.url, made.with_ttl(timedelta(minutes=10)).to_jwt())

    def sids(self, room: str) -> dict[str, str]:
        """By name, the sessions that LiveKit knows; none when there is no such room, after 3 seconds."""
        return self.home.run(self._sids(room))

    async def _sids(self, room: str) -> dict[str, str]:
        async with api.LiveKitAPI(self.url.replace("ws", "http", 1), self.key, self.secret) as service:
            try:
                found = await service.room.list_participants(api.ListParticipantsRequest(room=room))
            except api.ServerError:
                return {}
        return {one.name: one.sid for one in found.participants}

    def close(self) -> None:
        """All leave."""
        self.home.run(self._all_leave(), seconds=60)
        self.home.close()

    def _person(self, ticket: Ticket) -> Person:
        number = len(self.people)
        media = replace(self.media, pitch=200.0 + 30 * number)
        self.people.append(Person(self.home, ticket, media))
        return self.people[-1]

    async def _come(self, room: str, tickets: Sequence[Ticket], topics: Sequence[str]) -> list[Person]:
        await self._make(room)
        people = [self._person(ticket) for ticket in tickets]
        for (
            person
        ) in people:  # one after the other: all at once would take the tests' machine away from the page
            await person.come(topics)
            await person.show_now()
        return people

    async def _make(self, room: str) -> None:
        address = self.url.replace("ws", "http", 1)
        async with api.LiveKitAPI(address, self.key, self.secret) as service:
            await service.room.create_room(api.CreateRoomRequest(name=room, departure_timeout=20))

    async def _all_leave(self) -> None:
        await asyncio.gather(*(person.leave_now() for person in self.people))
