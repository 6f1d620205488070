"""The answering side of the bus: one method, served."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from redis.exceptions import RedisError

from egress.channels import Channels
from egress.failures import tell_of_failure
from egress.messages import (
    SECOND,
    ClaimRequest,
    ClaimResponse,
    Outgoing,
    Request,
    Response,
    RpcError,
    channel,
    new_id,
    packed,
    unpacked,
)

log = logging.getLogger("egress")

Handler = Callable[[bytes], Awaitable[Outgoing]]
Affinity = Callable[[bytes], float]


@dataclass
class Serving:
    """One method that is served."""

    channels: Channels
    spawn: Callable[[Coroutine[None, None, None]], object]
    service: str
    method: str
    topic: str
    handler: Handler
    affinity: Affinity | None
    locked: bool
    server_id: str = field(default_factory=lambda: new_id("SRV_"))
    # By request: which server the client chose.
    claims: dict[str, asyncio.Future[str]] = field(default_factory=dict)
    is_ended: bool = False

    async def begin(self) -> None:
        where = channel(self.service, self.method, self.topic)
        self.requests, self.choices = f"{where}|REQ", f"{where}|RCLAIM"
        await self.channels.hear(self.choices, self._on_choice)
        await self.channels.hear(self.requests, self._on_request)

    async def end(self) -> None:
        """Take no more requests. Those that were offered to be done, and those under way, still are."""
        if not self.is_ended:
            self.is_ended = True
            self.channels.forget(self.requests, self._on_request)
            self._forget_choices()

    def _forget_choices(self) -> None:
        if self.is_ended and not self.claims:
            self.channels.forget(self.choices, self._on_choice)

    def _on_choice(self, data: bytes) -> None:
        choice = unpacked(ClaimResponse, data)
        chosen = self.claims.get(choice.request_id) if choice else None
        if choice and chosen and not chosen.done():
            chosen.set_result(choice.server_id)

    def _on_request(self, data: bytes) -> None:
        request = unpacked(Request, data)
        if request and time.time_ns() < request.expiry and request.request_id not in self.claims:
            self.claims[request.request_id] = asyncio.get_running_loop().create_future()
            self.spawn(self._do(request, data))

    async def _do(self, request: Request, data: bytes) -> None:
        try:
            if await self._is_chosen(request, data):
                await self._publish(request, "RES", await self._handled(request))
        except RedisError as error:
            log.warning("%s.%s: Redis: %s", self.service, self.method, type(error).__name__)

    async def _is_chosen(self, request: Request, data: bytes) -> bool:
        try:
            async with asyncio.timeout((request.expiry - time.time_ns()) / SECOND):
                chosen = await self._offer(request, data) and await self.claims[request.request_id]
                return chosen == self.server_id
        except TimeoutError:
            return False
        finally:
            del self.claims[request.request_id]
            self._forget_choices()

    async def _offer(self, request: Request, data: bytes) -> bool:
        """Claim it, unless it is another server's or not wanted."""
        if self.locked and not await self.channels.lock(data):
            return False
        affinity = self.affinity(request.raw_request) if self.affinity else 1.0
        if affinity >= 0:
            await self._publish(request, "CLAIM", ClaimRequest(request.request_id, self.server_id, affinity))
        return affinity >= 0

    async def _publish(self, request: Request, kind: str, message: ClaimRequest | Response) -> None:
        where = channel(self.service, request.client_id, kind)
        await self.channels.publish(where, packed(message))

    async def _handled(self, request: Request) -> Response:
        raw, error = b"", RpcError("")
        try:
            raw = (await self.handler(request.raw_request)).SerializeToString()
        except RpcError as raised:
            error = raised
        except DecodeError:
            error = RpcError("malformed_request", "the request could not be read")
        except Exception as raised:  # noqa: BLE001  whatever it is, the caller is told
            tell_of_failure(f"{self.service}.{self.method}", raised)
            error = RpcError("internal", f"{self.method} failed; the worker's log says where")
        now = time.time_ns()
        return Response(request.request_id, self.server_id, now, error.message, error.code, raw)
