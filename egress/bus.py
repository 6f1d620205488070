"""LiveKit's bus: psrpc 0.7 over Redis, as client and as server.

A call: the client publishes a request; each server that accepts it publishes a claim; the client selects one
of them; that server runs the handler and publishes the response. Pub/sub loses messages, so a caller must be
ready to retry.

No request or response is ever logged: there are secrets in them.
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

CLAIM_TIMEOUT = 1.0  # seconds within which a server must claim a call


class Selection(NamedTuple):
    """How a client selects a claim: one of at least `at_once` without waiting for others, or else the
    highest above 0 that came within `window` seconds of the first."""

    at_once: float
    window: float = 0.0


FIRST = Selection(at_once=-math.inf)
SELECTIONS = {
    ("EgressInternal", "StartEgress"): Selection(at_once=1.0, window=0.5)
}  # as livekit-server selects


@dataclass
class PendingCall:
    """The claims that were received, and the response."""

    claims: asyncio.Queue[ClaimRequest] = field(default_factory=asyncio.Queue)
    response: asyncio.Future[Response] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def failure(self, otherwise: RpcError) -> RpcError:
        """Why no server was selected: the error of one that could not read the request, if it came."""
        if self.response.done() and (early := self.response.result()).error:
            return RpcError(early.code or "unknown", early.error)
        return otherwise


class Bus:
    """Use it by `async with`."""

    def __init__(self, redis_url: str) -> None:
        self.channels = Channels(redis_url)
        self.client_id = new_id("CLI_")
        self.pending: dict[str, PendingCall] = {}  # by request id
        self.subscriptions: dict[str, asyncio.Task[None]] = {}  # by service: to claims and responses
        self.tasks = Tasks("the bus")

    async def __aenter__(self) -> Self:
        await self.channels.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        """Running handlers are cancelled."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.channels.__aexit__(*problem)

    # Client

    async def call[M: Incoming](
        self,
        service: str,
        method: str,
        request: Outgoing,
        response: type[M],
        topic: str = "",
        timeout: float = 3.0,
    ) -> M:
        """Call one of the servers, with a timeout in seconds and without retries.

        Raises RpcError: "unavailable" where no server claims it or Redis is away, "deadline_exceeded" where
        one claims it but does not respond in time, "malformed_result" for a response of another type, and
        whatever error the server responds with.
        """
        where = channel(service, method, topic)
        selection = SELECTIONS.get((service, method), FIRST)
        try:
            async with asyncio.timeout(timeout) as limit:
                await self._subscribe(service)
                raw = await self._request(where, selection, request.SerializeToString(), limit.when() or 0.0)
            return response.FromString(raw)
        except TimeoutError:
            raise RpcError("deadline_exceeded", f"{service}.{method} was not answered in time") from None
        except RedisError as error:
            raise RpcError("unavailable", f"Redis: {type(error).__name__}") from error
        except DecodeError:
            raise RpcError("malformed_result", f"{service}.{method} was answered strangely") from None

    async def _subscribe(self, service: str) -> None:
        """To this client's claims and responses, once for each service."""
        if service not in self.subscriptions:
            self.subscriptions[service] = self.tasks.spawn(self._subscribe_both(service))
        await asyncio.shield(self.subscriptions[service])

    async def _subscribe_both(self, service: str) -> None:
        await self.channels.subscribe(channel(service, self.client_id, "CLAIM"), self._on_claim)
        await self.channels.subscribe(channel(service, self.client_id, "RES"), self._on_response)

    def _on_claim(self, data: bytes) -> None:
        claim = unpacked(ClaimRequest, data)
        if claim and (call := self.pending.get(claim.request_id)):
            call.claims.put_nowait(claim)

    def _on_response(self, data: bytes) -> None:
        response = unpacked(Response, data)
        call = self.pending.get(response.request_id) if response else None
        if response and call and not call.response.done():
            call.response.set_result(response)

    async def _request(self, where: str, selection: Selection, raw: bytes, until: float) -> bytes:
        """The bytes of the response. `until` is in the loop's time."""
        now = time.time_ns()
        expiry = now + int((until - asyncio.get_running_loop().time()) * SECOND)
        request = Request(new_id("REQ_"), self.client_id, now, expiry, raw_request=raw)
        call = self.pending[request.request_id] = PendingCall()
        try:
            await self.channels.publish(f"{where}|REQ", packed(request))
            selected = ClaimResponse(request.request_id, await select(call, selection))
            await self.channels.publish(f"{where}|RCLAIM", packed(selected))
            return result_of(await call.response)
        finally:
            del self.pending[request.request_id]

    # Server

    async def serve(
        self,
        service: str,
        method: str,
        handler: Handler,
        topic: str = "",
        affinity: Affinity | None = None,
        locked: bool = False,
    ) -> Serving:
        """Register `handler`, which gets the bytes of a request; requests are handled concurrently.

        What it raises is the response: RpcError as it is, a DecodeError as "malformed_request", anything else
        is logged and sent as "internal". `affinity` of a request: 1 or more is selected at once, 0 or less
        never (see Selection); without it, always 1. `locked` is for methods of which LiveKit wants each
        request handled by one server (EgressHandler's). A retried request has a new id: a handler that must
        be idempotent has to see to it. Returns when it is subscribed (Channels.subscribe).
        """
        made = Serving(self.channels, self.tasks.spawn, service, method, topic, handler, affinity, locked)
        await made.begin()
        return made


async def select(call: PendingCall, selection: Selection) -> str:
    """The id of the selected server. Raises RpcError("unavailable") when none offers itself."""
    loop = asyncio.get_running_loop()
    until = loop.time() + CLAIM_TIMEOUT
    claims: list[ClaimRequest] = []
    while claim := await next_claim(call.claims, until):
        if claim.affinity >= selection.at_once:
            return claim.server_id
        if not claims:
            until = min(until, loop.time() + selection.window)
        claims.append(claim)
    best = max(claims, key=lambda claim: claim.affinity, default=ClaimRequest())
    if best.affinity <= 0:
        raise call.failure(RpcError("unavailable", f"no server would do it ({len(claims)} answered)"))
    return best.server_id


async def next_claim(claims: asyncio.Queue[ClaimRequest], until: float) -> ClaimRequest | None:
    try:
        async with asyncio.timeout_at(until):
            return await claims.get()
    except TimeoutError:
        return None


def result_of(response: Response) -> bytes:
    if response.error:
        raise RpcError(response.code or "unknown", response.error)
    return response.raw_response
