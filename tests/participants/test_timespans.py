from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participants import timespans
from participants.timespans import Span
from tests.conftest import NOON, noon


def span(start: int, end: int) -> Span:
    return noon(start), noon(end)


def seconds_of(spans: list[Span]) -> set[datetime]:
    """The oracle: each second that somebody was there, one by one."""
    return {
        start + timedelta(seconds=passed)
        for start, end in spans
        for passed in range(int((end - start).total_seconds()))
    }


def first_of_a_visit(spans: list[Span], mine: Span) -> bool:
    """The oracle: nobody who came earlier was there within the 14 seconds before."""
    near = [start <= mine[0] < end + timespans.SESSION_GAP for start, end in spans[: spans.index(mine)]]
    return not any(near)


spans_of_a_person = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 60)).map(lambda drawn: span(drawn[0], sum(drawn))),
    max_size=8,
)


# Spans


def test_a_connection_counts_from_joining_to_leaving() -> None:
    assert timespans.span(NOON, noon(60), noon(999)) == span(0, 60)


def test_an_open_connection_counts_up_to_now() -> None:
    assert timespans.span(NOON, None, noon(30)) == span(0, 30)


def test_a_connection_ends_when_the_meeting_is_over() -> None:
    assert timespans.span(NOON, noon(60), noon(30)) == span(0, 30)


def test_a_connection_that_began_after_the_end_has_no_length() -> None:
    assert timespans.span(noon(60), noon(90), noon(30)) == span(60, 60)


def test_nobody_leaves_before_they_join() -> None:
    assert timespans.span(noon(60), noon(59), noon(99)) == span(60, 60)


def test_times_are_whole_seconds() -> None:
    assert timespans.span(noon(0.9), noon(5.9), noon(99)) == span(0, 5)


# Seconds


def test_nobody_was_there_for_no_seconds() -> None:
    assert timespans.seconds([]) == 0


def test_two_tabs_count_once_and_gaps_never() -> None:
    assert timespans.seconds([span(0, 60), span(30, 90), span(200, 210)]) == 100


@given(spans_of_a_person)
def test_seconds_are_the_union_of_the_spans(spans: list[Span]) -> None:
    assert timespans.seconds(spans) == len(seconds_of(spans))


@given(spans_of_a_person)
def test_seconds_do_not_depend_on_the_order(spans: list[Span]) -> None:
    assert timespans.seconds(spans) == timespans.seconds(reversed(spans)) == timespans.seconds(spans * 2)


# Visits


@pytest.mark.parametrize(("gap", "visits"), [(0, 1), (14, 1), (15, 2), (16, 2)])
def test_less_than_15_seconds_apart_is_one_visit(gap: int, visits: int) -> None:
    assert len(timespans.grouped([span(0, 60), span(60 + gap, 200)], lambda connection: connection)) == visits


@pytest.mark.parametrize(("gap", "visits"), [(0, 1), (15, 1), (59, 1), (60, 2), (61, 2)])
def test_how_far_apart_one_visit_may_be_can_be_given(gap: int, visits: int) -> None:
    apart = timedelta(seconds=60)
    assert (
        len(timespans.grouped([span(0, 60), span(60 + gap, 200)], lambda connection: connection, apart))
        == visits
    )


def test_a_short_connection_inside_a_long_one_does_not_end_the_visit() -> None:
    assert (
        len(timespans.grouped([span(0, 600), span(10, 20), span(300, 310)], lambda connection: connection))
        == 1
    )


def test_visits_come_oldest_first_with_their_first_connection_first() -> None:
    given = [span(100, 120), span(5, 20), span(0, 10)]
    assert timespans.grouped(given, lambda connection: connection) == [
        [span(0, 10), span(5, 20)],
        [span(100, 120)],
    ]


def test_visits_are_in_the_order_of_their_spans_whatever_the_connections_are() -> None:
    spans = {"last": span(400, 420), "first": span(0, 10), "second": span(100, 120), "third": span(130, 140)}
    given = ["last", "second", "third", "first"]
    assert timespans.grouped(given, spans.__getitem__) == [["first"], ["second", "third"], ["last"]]


def test_of_connections_that_began_together_the_one_given_first_is_first() -> None:
    spans = {"b": span(0, 10), "a": span(0, 5)}
    assert timespans.grouped(["b", "a"], spans.__getitem__) == [["b", "a"]]


@given(spans_of_a_person)
def test_a_visit_begins_where_nobody_was_there_shortly_before(spans: list[Span]) -> None:
    oldest_first = sorted(set(spans))
    begun = [mine for mine in oldest_first if first_of_a_visit(oldest_first, mine)]
    assert [visit[0] for visit in timespans.grouped(oldest_first, lambda connection: connection)] == begun


@given(spans_of_a_person)
def test_every_connection_is_in_one_visit(spans: list[Span]) -> None:
    grouped = [
        connection
        for visit in timespans.grouped(spans, lambda connection: connection)
        for connection in visit
    ]
    assert sorted(grouped) == sorted(spans)


# Minutes


@pytest.mark.parametrize(
    ("whole_seconds", "minutes"), [(0, 0), (29, 0), (30, 1), (89, 1), (90, 2), (150, 3), (2700, 45)]
)
def test_minutes_are_rounded_half_up(whole_seconds: int, minutes: int) -> None:
    assert timespans.minutes(whole_seconds) == minutes


@given(st.integers(0, 10**7))
def test_minutes_are_the_nearest_whole_ones(whole_seconds: int) -> None:
    exact = Decimal(whole_seconds) / 60
    assert timespans.minutes(whole_seconds) == exact.quantize(Decimal(1), ROUND_HALF_UP)
