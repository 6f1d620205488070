"""What the public API says of money and times, held against the connections and a price of our own making."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tests.drill.comparing import clock
from tests.drill.service import StoredConnection, by_person

MINIMUM = 600  # seconds of all people below which a meeting is free
SAME_VISIT = 15

Span = tuple[int, int]


class Api(Protocol):
    def get(self, path: str) -> Any: ...


@dataclass(frozen=True)
class Bill:
    """What was billed, by the API."""

    seconds: int
    credits: Decimal


def union(spans: Iterable[Span]) -> int:
    """Seconds in at least one of them, counted one by one: slow, and nothing to get wrong."""
    return len({second for start, end in spans for second in range(start, end)})


def price(seconds: int) -> Decimal:
    """Credits: 1 for an hour, in ten-thousandths, half up; in whole numbers only."""
    billed = seconds if seconds >= MINIMUM else 0
    return Decimal((billed * 20_000 + 3600) // 7200) / 10_000


def visits(spans: Iterable[Span]) -> list[list[Span]]:
    """Spans less than 15 s apart, together."""
    found: list[list[Span]] = []
    for start, end in sorted(spans):
        if found and start - max(last for _, last in found[-1]) < SAME_VISIT:
            found[-1].append((start, end))
        else:
            found.append([(start, end)])
    return found


def moment(at: int) -> str:
    return f"{clock(at)[:8]}Z"


def minutes(seconds: int) -> int:
    return (seconds + 30) // 60


def wrong_bill(api: Api, code: str, connections: Sequence[StoredConnection]) -> tuple[Bill, list[str]]:
    """A meeting's bill, and what is wrong with it."""
    shown = api.get(f"meetings/{code}/")
    people = by_person(list(connections))
    seconds = sum(union(stored.span for stored in of_one) for of_one in people.values())
    billed = seconds if seconds >= MINIMUM else 0
    credits = Decimal(str(shown["credits_used"]))
    wrong = []
    if shown["billed_seconds"] != billed:
        wrong.append(
            f"{code}: {shown['billed_seconds']} s are billed, but its people's connections say {billed} s"
        )
    if credits != price(seconds):
        wrong.append(f"{code}: {credits} credits are billed, but {seconds} s cost {price(seconds)}")
    if shown["participant_count"] != len(people):
        wrong.append(f"{code}: {shown['participant_count']} people are counted, but {len(people)} were there")
    return Bill(shown["billed_seconds"], credits), wrong


def wrong_sessions(api: Api, code: str, connections: Sequence[StoredConnection]) -> Iterator[str]:
    """What the API shows of each registered person, against what their connections say."""
    for of_one in by_person(list(connections)).values():
        who = of_one[0].external_user_id
        if who:
            shown = api.get(f"meetings/{code}/participants/{who}/")
            expected = sessions([stored.span for stored in of_one])
            if _listed(shown) != expected:
                yield f"{code}: of {who} the API shows {_listed(shown)}, but the connections say {expected}"


def _listed(shown: dict[str, Any]) -> tuple[int, list[tuple[str, str, int]]]:
    """Minutes in all, and of each session its times of day and minutes."""
    listed = [
        (each["joined_at"][11:], each["left_at"][11:], each["total_minutes"]) for each in shown["sessions"]
    ]
    return shown["total_time_minutes"], listed


def sessions(spans: Sequence[Span]) -> tuple[int, list[tuple[str, str, int]]]:
    expected = [
        (moment(min(group)[0]), moment(max(end for _, end in group)), minutes(union(group)))
        for group in visits(spans)
    ]
    return minutes(union(spans)), expected


def wrong_account(api: Api, left: Decimal, used: Bill) -> Iterator[str]:
    shown = api.get("account/")
    balance, month = Decimal(str(shown["credits_balance"])), shown["usage_this_month"]
    if balance != left:
        yield f"the balance is {balance}, but by the meetings' credits it should be {left}"
    if (month["seconds"], Decimal(str(month["credits"]))) != (used.seconds, used.credits):
        yield f"the account shows {month}, but its meetings {used}"
