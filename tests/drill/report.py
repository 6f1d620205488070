"""What a drill found: a table, a line for each difference with its facts, and the closing lines."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.drill.bounds import Kind
from tests.drill.comparing import Comparison, Pair, clock, true_seconds
from tests.drill.money import union
from tests.drill.record import ObservedConnection
from tests.drill.service import StoredConnection

Events = Callable[[str], list[dict[str, Any]]]  # stored of one connection, under its sid


def table(result: Comparison) -> Iterator[str]:
    """Person by person: how long they really were there, and what is billed."""
    head = f"{'meeting':<16}{'person':<16}{'connections':>12}{'true s':>9}{'billed s':>9}"
    yield f"{head}{'off':>8}  how they ended"
    people: dict[tuple[str, str, str], list[Pair]] = defaultdict(list)
    for pair in result.pairs:
        people[pair.observed.code, pair.observed.person, pair.observed.identity].append(pair)
    for (code, person, _), pairs in sorted(people.items()):
        true, billed = true_seconds(pairs), union(pair.stored.span for pair in pairs)
        ends = Counter(pair.bounds.kind for pair in pairs)
        how = ", ".join(f"{count} {kind}" for kind, count in ends.items())
        yield f"{code:<16}{person:<16}{len(pairs):>12}{true:>9.1f}{billed:>9}{billed - true:>8.1f}  {how}"


def facts(
    observed: ObservedConnection | None, stored: StoredConnection | None, events: Events
) -> Iterator[str]:
    """Everything that is known of one connection."""
    if observed:
        yield f"    ours: {observed}"
    if stored:
        yield f"    stored: {stored}"
    sid = observed.sid if observed else stored.sid if stored else ""
    for event in events(sid):
        moments = [
            f"{name} {clock(event[name])}" for name in ("at", "received_at", "applied_at") if event[name]
        ]
        yield f"    event: {event['event']} {event['reason'] or ''} {', '.join(moments)}"


def largest(pairs: Sequence[Pair]) -> str:
    """Of each kind the one furthest from the truth."""
    found = []
    for kind in Kind:
        offs = [pair.off for pair in pairs if pair.bounds.kind is kind]
        if offs:
            found.append(f"{kind} {max(offs, key=abs):+.1f} s of {len(offs)}")
    return ", ".join(found)
