"""The server side of the bus: one RPC method."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from redis.exceptions import RedisError

from egress.channels import Channels
from egress.failures import log_failure
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
    """One method with its handler."""

    channels: Channels
    spawn: Callable[[Coroutine[None, None, None]], object]
    service: str
    method: str
    topic: str
    handler: Handler
    affinity: Affinity | None
    locked: bool
    server_id: str = field(default_factory=lambda: new_id("SRV_"))
    # By request: which server the client selected.
    claims: dict[str, asyncio.Future[str]] = field(default_factory=dict)
    is_ended: bool = False

    async def begin(self) -> None:
        where = channel(self.service, self.method, self.topic)
        self.requests, self.selections = f"{where}|REQ", f"{where}|RCLAIM"
        await self.channels.subscribe(self.selections, self._on_selection)
        await self.channels.subscribe(self.requests, self._on_request)

    async def end(self) -> None:
        """Take no more requests. Those that were claimed are still handled."""
        if not self.is_ended:
            self.is_ended = True
            self.channels.unsubscribe(self.requests, self._on_request)
            self._unsubscribe_selections()

    def _unsubscribe_selections(self) -> None:
        if self.is_ended and not self.claims:
            self.channels.unsubscribe(self.selections, self._on_selection)

    def _on_selection(self, data: bytes) -> None:
        selection = unpacked(ClaimResponse, data)
        selected = self.claims.get(selection.request_id) if selection else None
        if selection and selected and not selected.done():
            selected.set_result(selection.server_id)

    def _on_request(self, data: bytes) -> None:
        request = unpacked(Request, data)
        if request and time.time_ns() < request.expiry and request.request_id not in self.claims:
            self.claims[request.request_id] = asyncio.get_running_loop().create_future()
            self.spawn(self._respond(request, data))

    async def _respond(self, request: Request, data: bytes) -> None:
        try:
            if await self._is_selected(request, data):
                await self._publish(request, "RES", await self._handle(request))
        except RedisError as error:
            log.warning("%s.%s: Redis: %s", self.service, self.method, type(error).__name__)

    async def _is_selected(self, request: Request, data: bytes) -> bool:
        try:
            async with asyncio.timeout((request.expiry - time.time_ns()) / SECOND):
                selected = await self._claim(request, data) and await self.claims[request.request_id]
                return selected == self.server_id
        except TimeoutError:
            return False
        finally:
            del self.claims[request.request_id]
            self._unsubscribe_selections()

    async def _claim(self, request: Request, data: bytes) -> bool:
        """Unless another server has locked it, or the affinity is below 0."""
        if self.locked and not await self.channels.lock(data):
            return False
        affinity = self.affinity(request.raw_request) if self.affinity else 1.0
        if affinity >= 0:
            await self._publish(request, "CLAIM", ClaimRequest(request.request_id, self.server_id, affinity))
        return affinity >= 0

    async def _publish(self, request: Request, kind: str, message: ClaimRequest | Response) -> None:
        where = channel(self.service, request.client_id, kind)
        await self.channels.publish(where, packed(message))

    async def _handle(self, request: Request) -> Response:
        raw, error = b"", RpcError("")
        try:
            raw = (await self.handler(request.raw_request)).SerializeToString()
        except RpcError as raised:
            error = raised
        except DecodeError:
            error = RpcError("malformed_request", "the request could not be read")
        except Exception as raised:  # noqa: BLE001  whatever it is, the caller gets a response
            log_failure(f"{self.service}.{self.method}", raised)
            error = RpcError("internal", f"{self.method} failed; the worker's log says where")
        now = time.time_ns()
        return Response(request.request_id, self.server_id, now, error.message, error.code, raw)
