from datetime import datetime
from typing import Any

import pytest

from api import authentication
from billing import ledger, pricing
from billing.models import EntryKind, LedgerEntry
from meetings.models import Meeting
from tests.conftest import UNKNOWN_CODE, Api


class KeyClock:
    """The time by which a key's row may be gone by without reading it: it stands until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def key_clock(monkeypatch: pytest.MonkeyPatch) -> KeyClock:
    made = KeyClock()
    monkeypatch.setattr(authentication, "monotonic", made)
    return made


class StrangerSeesNothing:
    """Asks for somebody else's meeting and for one that never was: only the request's id may differ."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def __call__(self, method: str, path: str, meeting: Meeting, body: object = None) -> None:
        foreign = self.api.call(method, path.format(code=meeting.code), body)
        unknown = self.api.call(method, path.format(code=UNKNOWN_CODE), body)
        assert foreign.status_code == unknown.status_code == 404
        assert _nameless(foreign) == _nameless(unknown)
        assert {*foreign.headers} == {*unknown.headers}


def _nameless(response: Any) -> bytes:
    request_id: bytes = response.headers["X-Request-ID"].encode()
    content: bytes = response.content
    assert request_id in content
    return content.replace(request_id, b"")


@pytest.fixture
def stranger_sees_nothing(stranger_api: Api) -> StrangerSeesNothing:
    return StrangerSeesNothing(stranger_api)


def bill(meeting: Meeting, seconds: int, at: datetime) -> LedgerEntry:
    """Book so many seconds of a meeting, below 0 to give them back."""
    usage = LedgerEntry(
        customer=meeting.customer,
        kind=EntryKind.USAGE,
        amount=-pricing.credits(seconds),
        meeting=meeting,
        seconds=seconds,
        created_at=at,
    )
    return ledger.write(usage)
