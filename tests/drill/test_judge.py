"""The drill's judge: one sound world, and whatever is changed in what the service says of it is found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.drill.comparing import compare
from tests.drill.judging import Judgement
from tests.drill.money import price, sessions
from tests.drill.record import End, ObservedConnection, Poll, Record
from tests.drill.service import StoredConnection

EIGHT = 1_800_000_000  # 2027-01-15 08:00:00 UTC, when the meeting "AAAA" opens; it expires 2000 s later


def observed(
    who: str, began: float, ended: float, end: End = End.LEFT, known: float = 0.01
) -> ObservedConnection:
    """Of somebody who came in within half a second."""
    began, ended = EIGHT + began, EIGHT + ended
    return ObservedConnection(
        who, "AAAA", who, f"PA_{who}", (began, began + 0.5), (ended, ended + known), end, True, 0
    )


def stored(who: str, joined: float, left: float, **facts: Any) -> StoredConnection:
    found = StoredConnection(
        f"PA_{who}", "AAAA", who, None, EIGHT + joined, EIGHT + left, EIGHT + 2000.0, False, False, 0.0
    )
    return replace(found, **facts)


def poll(at: float, seconds: float = 0.5) -> Poll:
    return Poll(EIGHT + at, EIGHT + at + seconds)


RECORD = Record(
    connections=[
        observed("ann", 0.2, 700.4),
        observed("bob", 10.2, 300.4, End.KILLED),
        observed("eve", 905.2, 1003.0, End.RECONNECTED, known=2.0),  # cut by livekit-server's death
        observed("dan", 1500.2, 2001.1, End.EJECTED),
    ],
    deaths=[(EIGHT + 1000.0, EIGHT + 1000.1)],
    polls=[poll(at + 0.25) for at in range(30, 2000, 30)],
    closings={"AAAA": (EIGHT + 2000.0, EIGHT + 2000.0)},
)
ANN = stored("ann", 0, 700, external_user_id="ann")
BOB = stored("bob", 10, 321)
EVE = stored("eve", 905, 990.25, is_left_guessed=True)
DAN = stored("dan", 1500, 2001)
CONNECTIONS = [ANN, BOB, EVE, DAN]
MEETING = {"meeting_code": "AAAA", "is_secured": True}


SESSION = {"joined_at": "2027-01-15T08:00:00Z", "left_at": "2027-01-15T08:11:40Z", "total_minutes": 12}


@dataclass
class Answers:
    """An API that shows this world: 700 + 311 + 85 + 500 seconds."""

    meeting: dict[str, Any] = field(
        default_factory=lambda: {"billed_seconds": 1596, "credits_used": 0.4433, "participant_count": 4}
    )
    ann: dict[str, Any] = field(default_factory=lambda: {"total_time_minutes": 12, "sessions": [{**SESSION}]})
    account: dict[str, Any] = field(
        default_factory=lambda: {
            "credits_balance": 999.5567,
            "usage_this_month": {"seconds": 1596, "credits": 0.4433},
        }
    )

    def get(self, path: str) -> Any:
        return {
            "meetings/AAAA/": self.meeting,
            "meetings/AAAA/participants/ann/": self.ann,
            "account/": self.account,
        }[path]


def judged(
    answers: Answers, record: Record = RECORD, connections: Sequence[StoredConnection] = CONNECTIONS
) -> list[str]:
    return list(Judgement(record, connections, [MEETING], answers).differences(lambda sid: []))


def compared(*connections: StoredConnection, record: Record = RECORD) -> list[str]:
    """What is wrong with the rows, the bill aside. Those given stand for their people's."""
    given = {one.sid for one in connections}
    rows = [*connections, *(one for one in CONNECTIONS if one.sid not in given)]
    return [what for what, *_ in compare(record, rows).differences]


def test_a_sound_world_has_no_difference() -> None:
    assert judged(Answers()) == []
    assert len(compare(RECORD, CONNECTIONS).pairs) == 4


# The rows


@pytest.mark.parametrize("left", [698, 702])
def test_a_clean_leave_may_be_two_seconds_off(left: float) -> None:
    assert compared(replace(ANN, left_at=EIGHT + left)) == []


@pytest.mark.parametrize("left", [697, 703])
def test_a_clean_leave_that_is_three_seconds_off_is_found(left: float) -> None:
    [found] = compared(replace(ANN, left_at=EIGHT + left))
    assert "but clean, it ended between 08:11:38.40 and 08:11:42.41" in found


@pytest.mark.parametrize("joined", [-3, 4])
def test_coming_in_three_seconds_off_is_found(joined: float) -> None:
    [found] = compared(replace(ANN, joined_at=EIGHT + joined))
    assert "but began between 08:00:00.20 and 08:00:00.70" in found


@pytest.mark.parametrize("who", range(4))
def test_a_missing_connection_is_found(who: int) -> None:
    connections = [one for one in CONNECTIONS if one != CONNECTIONS[who]]
    differences = compare(RECORD, connections).differences
    assert differences == [("the service knows nothing of it", RECORD.connections[who], None)]


def test_a_doubled_connection_is_found() -> None:
    assert compared(ANN, replace(ANN, sid="PA_more")) == ["nobody made this connection"]


def test_one_whose_sid_nobody_knows_is_one_row_of_that_person_and_time() -> None:
    ann, others = replace(RECORD.connections[0], sid=""), RECORD.connections[1:]
    assert compared(ANN, record=without(connections=[ann, *others])) == []
    twice = compared(ANN, record=without(connections=[ann, ann, *others]))
    assert twice == ["the service knows nothing of it"]
    later = compared(replace(ANN, joined_at=EIGHT + 4.0), record=without(connections=[ann, *others]))
    assert later == ["the service knows nothing of it", "nobody made this connection"]


@pytest.mark.parametrize("left", [300, 325])
def test_a_killed_one_may_be_noticed_late(left: float) -> None:
    assert compared(replace(BOB, left_at=EIGHT + left)) == []


@pytest.mark.parametrize("left", [299, 326])
def test_a_killed_one_that_ends_before_it_or_26_s_after_it_is_found(left: float) -> None:
    [found] = compared(replace(BOB, left_at=EIGHT + left))
    assert "but killed, it ended between 08:05:00.40 and 08:05:25.41" in found


def test_a_meeting_that_the_service_closes_at_another_time_is_found() -> None:
    found = compared(replace(DAN, closes_at=EIGHT + 2030.0, left_at=EIGHT + 2030))
    assert "its meeting is over at 08:33:50.00, but was between 08:33:20.00 and 08:33:20.00" in found
    assert compared(replace(DAN, closes_at=None))[-1].startswith("its meeting is over at never, but was")


def test_a_meeting_that_nothing_ended_is_not_over() -> None:
    found = compared(
        *(replace(one, closes_at=EIGHT + 2000.0) for one in CONNECTIONS), record=without(closings={})
    )
    assert found == ["its meeting is over at 08:33:20.00, but nothing ended it"] * 4


# Cut by the death of livekit-server


def without(**facts: Any) -> Record:
    return replace(RECORD, **facts)


@pytest.mark.parametrize("left", [990, 1002])
def test_a_cut_one_may_end_when_last_shown_or_with_livekit(left: float) -> None:
    assert compared(replace(EVE, left_at=EIGHT + left)) == []


@pytest.mark.parametrize("left", [989, 1003])
def test_a_cut_one_that_ends_before_a_poll_that_showed_it_or_long_after_is_found(left: float) -> None:
    [found] = compared(replace(EVE, left_at=EIGHT + left))
    assert "but cut, it ended between 08:16:30.25 and 08:16:42.10" in found


CAME_LATE = [*RECORD.connections[:2], observed("eve", 940.2, 1003.0), RECORD.connections[3]]


@pytest.mark.parametrize("seen", [poll(942.5), poll(942.8, seconds=57.3), poll(1000.05)])
def test_a_poll_that_began_too_early_or_was_over_too_late_shows_nobody(seen: Poll) -> None:
    assert compared(stored("eve", 940, 941), record=without(connections=CAME_LATE, polls=[seen])) == []


@pytest.mark.parametrize("seen", [poll(942.8, seconds=57.1), poll(999.0, seconds=0.9)])
def test_a_poll_just_after_coming_or_just_before_the_death_shows_somebody(seen: Poll) -> None:
    record = without(connections=CAME_LATE, polls=[seen])
    assert compared(stored("eve", 940, int(seen.at) - EIGHT), record=record) == []
    assert len(compared(stored("eve", 940, int(seen.at) - 1 - EIGHT), record=record)) == 1


def test_what_no_poll_showed_is_at_most_75_s_early() -> None:
    blind = without(polls=[])
    assert compared(replace(EVE, left_at=EIGHT + 925), record=blind) == []
    [found] = compared(replace(EVE, left_at=EIGHT + 924), record=blind)
    assert "but cut, it ended between 08:15:25.00" in found


def test_one_whose_leave_died_with_livekit_counts_until_a_poll_that_showed_it() -> None:
    left = [*RECORD.connections[:2], observed("eve", 905.2, 995.0), RECORD.connections[3]]
    unreported = without(connections=left)
    assert compared(replace(EVE, left_at=EIGHT + 990), record=unreported) == []
    assert compared(replace(EVE, left_at=EIGHT + 989), record=unreported) != []
    assert compared(replace(EVE, left_at=EIGHT + 998), record=unreported) != []


def test_one_whose_webhooks_died_with_livekit_may_be_missing_unless_a_poll_showed_it() -> None:
    blink = [*RECORD.connections[:2], observed("eve", 985.0, 999.0), RECORD.connections[3]]
    connections = [ANN, BOB, DAN]
    unseen = compare(without(connections=blink, polls=[poll(960.25)]), connections)
    assert (unseen.missing, unseen.differences) == ([blink[2]], [])
    shown = compare(without(connections=blink), connections)
    assert [what for what, *_ in shown.differences] == ["the service knows nothing of it"]


def test_a_reconciler_that_does_not_poll_is_found() -> None:
    rare = [poll(at) for at in range(100, 1990, 100)]
    assert judged(Answers(), record=without(polls=[*rare, poll(950)])) == []
    assert judged(Answers(), record=without(polls=[one for one in rare if one != poll(600)])) == [
        "the reconciler did not poll between 08:08:20.00 and 08:11:40.00"
    ]
    [before, after] = judged(Answers(), record=without(polls=rare[1:-1]))
    assert before == "the reconciler did not poll between 08:00:00.70 and 08:03:20.00"
    assert after == "the reconciler did not poll between 08:30:00.00 and 08:33:21.10"


# The bill


def test_time_after_the_meetings_end_that_is_billed_is_found() -> None:
    late = Answers()
    late.meeting |= {"billed_seconds": 1597, "credits_used": 0.4436}
    late.account = {
        "credits_balance": 999.5564,
        "usage_this_month": {"seconds": 1597, "credits": 0.4436},
    }
    assert judged(late) == [
        "AAAA: 1597 s are billed, but its people's connections say 1596 s",
        "AAAA: 0.4436 credits are billed, but 1596 s cost 0.4433",
    ]


def test_a_wrong_price_is_found() -> None:
    dear = Answers()
    dear.meeting["credits_used"] = 0.4434
    assert judged(dear)[0] == "AAAA: 0.4434 credits are billed, but 1596 s cost 0.4433"


def test_a_wrong_balance_is_found() -> None:
    rich = Answers()
    rich.account["credits_balance"] = 999.5568
    assert judged(rich) == ["the balance is 999.5568, but by the meetings' credits it should be 999.5567"]


@pytest.mark.parametrize("month", [{"seconds": 1595, "credits": 0.4433}, {"seconds": 1596, "credits": 0.44}])
def test_a_wrong_month_is_found(month: dict[str, Any]) -> None:
    other = Answers()
    other.account["usage_this_month"] = month
    [found] = judged(other)
    assert found.startswith("the account shows")


def test_a_wrong_count_of_people_is_found() -> None:
    fewer = Answers()
    fewer.meeting["participant_count"] = 3
    assert judged(fewer) == ["AAAA: 3 people are counted, but 4 were there"]


@pytest.mark.parametrize(
    "change",
    [{"left_at": "2027-01-15T08:11:41Z"}, {"joined_at": "2027-01-15T07:59:59Z"}, {"total_minutes": 11}],
)
def test_sessions_that_the_connections_do_not_show_are_found(change: dict[str, Any]) -> None:
    other = Answers()
    other.ann["sessions"][0] |= change
    [found] = judged(other)
    assert found.startswith("AAAA: of ann the API shows")


def test_sessions_that_are_missing_or_too_many_are_found() -> None:
    none, twice = Answers(), Answers()
    none.ann["sessions"] = []
    twice.ann["sessions"] *= 2
    assert len(judged(none)) == len(judged(twice)) == 1


def test_spans_less_than_15_s_apart_are_one_session() -> None:
    minutes, shown = sessions([(EIGHT + 45, EIGHT + 50), (EIGHT, EIGHT + 10), (EIGHT + 24, EIGHT + 30)])
    assert (minutes, shown) == (0, [("08:00:00Z", "08:00:30Z", 0), ("08:00:45Z", "08:00:50Z", 0)])


def test_600_seconds_cost_and_599_do_not() -> None:
    assert [str(price(seconds)) for seconds in (599, 600, 3600, 3601)] == ["0", "0.1667", "1", "1.0003"]
