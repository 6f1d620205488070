"""What the drill reads while and after it runs: polls, the ledger's check, a tab's notes."""

import time
from random import Random
from typing import cast

import psycopg2
import pytest

from local.part import Running
from tests.drill import killing, plan
from tests.drill.notes import Event
from tests.drill.polls import Watcher, summary
from tests.drill.record import Listener, ObservedConnection, Poll
from tests.drill.service import Database
from tests.drill.tabs import Tab
from tests.drill.verdict import read_ledger


class Restarting:
    """A database with one poll, then away, then back with another."""

    def __init__(self) -> None:
        self.answers = iter([[10.25], None, [10.25, 41.5]])

    def polls(self) -> list[float]:
        answer = next(self.answers)
        if answer is None:
            raise psycopg2.OperationalError
        return answer


def test_polls_are_found_though_postgresql_is_away_between_them() -> None:
    watcher = Watcher(cast(Database, Restarting()))
    watcher.read()
    [first] = watcher.polls
    watcher.read()
    watcher.read()
    assert [poll.at for poll in watcher.polls] == [10.25, 41.5]
    assert watcher.polls[0] == first  # over when it was found at first
    assert summary(watcher.polls) == "2 polls of the reconciler, at most 31 s apart"


def test_no_polls_are_reported_too() -> None:
    assert summary([]) == "0 polls of the reconciler, at most 0 s apart"
    assert summary([Poll(1.5, 2.0)]) == "1 polls of the reconciler, at most 0 s apart"


def test_a_ledger_that_is_right_has_a_closing_line_only() -> None:
    line = "Looked at 1 customer, 15 meetings, 47 entries: nothing wrong."
    assert read_ledger(0, f"{line}\n", "a warning\n") == ([], line)


def test_each_sentence_about_a_wrong_ledger_is_a_difference() -> None:
    out = "LiveKit's webhook EV_1 waits since noon.\nPA_1 is open.\nLooked at 1 customer: 2 things wrong.\n"
    wrong, closing = read_ledger(1, out, "")
    assert wrong == ["check_ledger: LiveKit's webhook EV_1 waits since noon.", "check_ledger: PA_1 is open."]
    assert closing == "Looked at 1 customer: 2 things wrong."


@pytest.mark.parametrize("err", ["Traceback\nOperationalError: away\n", ""])
def test_a_check_that_fails_is_a_difference(err: str) -> None:
    wrong, closing = read_ledger(2, "", err)
    assert wrong[-1] == "check_ledger: it ended with status 2 and said nothing"
    assert closing == "it ended with status 2 and said nothing"
    assert len(wrong) == 1 + len(err.splitlines())


class Part:
    """One that started so many seconds ago, and whose last lines say so or not."""

    def __init__(self, seconds: float, is_logged: bool) -> None:
        self.started, self.is_logged = time.monotonic() - seconds, is_logged

    def serves(self) -> bool:
        return self.is_logged


@pytest.mark.parametrize(
    ("seconds", "is_logged", "is_up"), [(1, True, True), (1, False, False), (60, False, True)]
)
def test_a_part_is_up_when_it_says_so_or_runs_for_long(seconds: float, is_logged: bool, is_up: bool) -> None:
    assert killing.is_up(cast(Running, Part(seconds, is_logged))) is is_up


class Noted:
    person, code, number = "ann", "AAAA", 0

    def __init__(self, *events: Event) -> None:
        self.events = events


def connections(*events: Event, death: float = 0.0) -> list[ObservedConnection]:
    return list(Listener(cast(Tab, Noted(*events)), [(death, death)]).connections())


def test_a_second_reconnect_is_measured_from_its_own_beginning() -> None:
    first, second = connections(
        Event(100.0, "connecting", {"identity": "ann"}),
        Event(100.5, "connected", {"sid": "PA_1"}),
        Event(110.0, "reconnecting"),
        Event(110.4, "reconnected"),  # under its old sid
        Event(160.0, "reconnecting"),
        Event(160.2, "reconnected"),
        Event(160.3, "new sid", {"sid": "PA_2"}),
        Event(190.0, "leaving"),
        Event(190.1, "left"),
    )[::2]  # between them one that may have come about
    assert (first.sid, first.ended) == ("PA_1", (160.0, 160.2))
    assert (second.sid, second.began, second.ended) == ("PA_2", (160.0, 160.2), (190.0, 190.1))


def test_a_new_sid_that_is_known_before_the_reconnect_is_one_connection_more() -> None:
    found = connections(
        Event(100.0, "connecting", {"identity": "ann"}),
        Event(100.5, "connected", {"sid": "PA_1"}),
        Event(110.0, "reconnecting"),
        Event(112.0, "new sid", {"sid": "PA_2"}),
        Event(112.01, "reconnected"),
        Event(190.0, "leaving"),
        Event(190.1, "left"),
        death=110.0,
    )
    sure = [(one.sid, one.began, one.ended) for one in found if one.is_sure]
    assert sure == [("PA_1", (100.0, 100.5), (110.0, 112.0)), ("PA_2", (110.0, 112.0), (190.0, 190.1))]


@pytest.mark.parametrize("minutes", [5, 15])
def test_livekit_server_is_killed_less_often_than_the_others(minutes: float) -> None:
    for seed in range(50):
        parts = [part for _, part in plan.draw(minutes, Random(seed)).kills]  # noqa: S311  no secret
        assert set(parts) == set(plan.PARTS)
        assert parts.count("livekit") <= 4
        assert len(parts) >= 2 * minutes
