"""LiveKit's bus: psrpc 0.7 over Redis, as client and as server.

A call: the client publishes its request; each server that would do it publishes a claim; the client names one
of them; that one works, and publishes the answer. Whoever does not hear, or hears too late, does nothing: all
of it rests on pub/sub, so a caller must be ready to ask again.

No request or answer is ever logged: there are secrets in them.
"""

import asyncio
import math
import time
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from google.protobuf.message import DecodeError
from redis.exceptions import RedisError

from egress.channels import Channels
from egress.failures import Tasks
from egress.messages import (
    SECOND,
    ClaimRequest,
    ClaimResponse,
    Incoming,
    Outgoing,
    Request,
    Response,
    RpcError,
    channel,
    new_id,
    packed,
    unpacked,
)
from egress.serving import Affinity, Handler, Serving

__all__ = ["Bus", "RpcError", "Serving"]

CHOOSING = 1.0  # seconds within which a server must claim a call


class Selection(NamedTuple):
    """How a client chooses among claims: one of at least `at_once` without waiting for others, or else the
    highest above 0 that came within `patience` seconds of the first."""

    at_once: float
    patience: float = 0.0


FIRST = Selection(at_once=-math.inf)
SELECTIONS = {
    ("EgressInternal", "StartEgress"): Selection(at_once=1.0, patience=0.5)
}  # as LiveKit's server asks


@dataclass
class Asked:
    """A call under way: the claims that came, and its answer."""

    claims: asyncio.Queue[ClaimRequest] = field(default_factory=asyncio.Queue)
    answer: asyncio.Future[Response] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def failure(self, otherwise: RpcError) -> RpcError:
        """Why nobody was found: what a server said unasked (of a request it could not read), if one did."""
        if self.answer.done() and (said := self.answer.result()).error:
            return RpcError(said.code or "unknown", said.error)
        return otherwise


class Bus:
    """Use it by `async with`."""

    def __init__(self, redis_url: str) -> None:
        self.channels = Channels(redis_url)
        self.client_id = new_id("CLI_")
        self.asked: dict[str, Asked] = {}
        self.hearing: dict[str, asyncio.Task[None]] = {}  # by service: the subscription for answers
        self.tasks = Tasks("the bus")

    async def __aenter__(self) -> Self:
        await self.channels.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        """Handlers that still work are cancelled."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.channels.__aexit__(*problem)

    # Asking

    async def call[M: Incoming](
        self,
        service: str,
        method: str,
        request: Outgoing,
        answer: type[M],
        topic: str = "",
        timeout: float = 3.0,
    ) -> M:
        """Have one of the servers do it, within so many seconds; nothing is tried twice.

        Raises RpcError: "unavailable" where no server would do it or Redis is away, "deadline_exceeded" where
        one would but did not answer in time, "malformed_result" for an answer of another kind, and whatever
        the server says.
        """
        where = channel(service, method, topic)
        selection = SELECTIONS.get((service, method), FIRST)
        try:
            async with asyncio.timeout(timeout) as limit:
                await self._hear_answers(service)
                raw = await self._ask(where, selection, request.SerializeToString(), limit.when() or 0.0)
            return answer.FromString(raw)
        except TimeoutError:
            raise RpcError("deadline_exceeded", f"{service}.{method} was not answered in time") from None
        except RedisError as error:
            raise RpcError("unavailable", f"Redis: {type(error).__name__}") from error
        except DecodeError:
            raise RpcError("malformed_result", f"{service}.{method} was answered strangely") from None

    async def _hear_answers(self, service: str) -> None:
        """Be subscribed to what servers of the service tell this client; once is enough."""
        if service not in self.hearing:
            self.hearing[service] = self.tasks.spawn(self._hear_both(service))
        await asyncio.shield(self.hearing[service])

    async def _hear_both(self, service: str) -> None:
        await self.channels.hear(channel(service, self.client_id, "CLAIM"), self._on_claim)
        await self.channels.hear(channel(service, self.client_id, "RES"), self._on_response)

    def _on_claim(self, data: bytes) -> None:
        claim = unpacked(ClaimRequest, data)
        if claim and (asked := self.asked.get(claim.request_id)):
            asked.claims.put_nowait(claim)

    def _on_response(self, data: bytes) -> None:
        response = unpacked(Response, data)
        asked = self.asked.get(response.request_id) if response else None
        if response and asked and not asked.answer.done():
            asked.answer.set_result(response)

    async def _ask(self, where: str, selection: Selection, raw: bytes, until: float) -> bytes:
        """The bytes of the answer. `until` is in the loop's time."""
        now = time.time_ns()
        expiry = now + int((until - asyncio.get_running_loop().time()) * SECOND)
        request = Request(new_id("REQ_"), self.client_id, now, expiry, raw_request=raw)
        asked = self.asked[request.request_id] = Asked()
        try:
            await self.channels.publish(f"{where}|REQ", packed(request))
            chosen = ClaimResponse(request.request_id, await choose(asked, selection))
            await self.channels.publish(f"{where}|RCLAIM", packed(chosen))
            return read(await asked.answer)
        finally:
            del self.asked[request.request_id]

    # Answering

    async def serve(
        self,
        service: str,
        method: str,
        handler: Handler,
        topic: str = "",
        affinity: Affinity | None = None,
        locked: bool = False,
    ) -> Serving:
        """Let `handler` do the requests that come, any number at once; it gets their bytes.

        What it raises is answered: RpcError as it is, a DecodeError as "malformed_request", anything else is
        logged and answered "internal". `affinity` says how gladly a request would be done: 1 or more is asked
        for at once, 0 or less never (see Selection); without it, always 1. `locked` is for methods of which
        LiveKit wants each request done by one server (EgressHandler's). One request may come several times,
        with new ids: who must not do it twice has to notice. Returns when requests are heard (Channels.hear).
        """
        made = Serving(self.channels, self.tasks.spawn, service, method, topic, handler, affinity, locked)
        await made.begin()
        return made


async def choose(asked: Asked, selection: Selection) -> str:
    """The id of the server that shall do it. Raises RpcError("unavailable") when none would."""
    loop = asyncio.get_running_loop()
    until = loop.time() + CHOOSING
    claims: list[ClaimRequest] = []
    while claim := await next_claim(asked.claims, until):
        if claim.affinity >= selection.at_once:
            return claim.server_id
        if not claims:
            until = min(until, loop.time() + selection.patience)
        claims.append(claim)
    best = max(claims, key=lambda claim: claim.affinity, default=ClaimRequest())
    if best.affinity <= 0:
        raise asked.failure(RpcError("unavailable", f"no server would do it ({len(claims)} answered)"))
    return best.server_id


async def next_claim(claims: asyncio.Queue[ClaimRequest], until: float) -> ClaimRequest | None:
    try:
        async with asyncio.timeout_at(until):
            return await claims.get()
    except TimeoutError:
        return None


def read(response: Response) -> bytes:
    if response.error:
        raise RpcError(response.code or "unknown", response.error)
    return response.raw_response
