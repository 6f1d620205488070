from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_DOWN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import pricing
from billing.pricing import Usage

# Around the minimum, and up to 200 people for 20 years.
seconds_of_a_meeting = st.integers(0, 2000) | st.integers(0, 2**37)
seconds_that_cost = st.integers(600, 2000) | st.integers(600, 2**37)


def ten_thousandths(seconds: int) -> int:
    """The oracle, in whole numbers: 10,000 a credit, which is an hour; half up."""
    return (2 * 10_000 * seconds + 3600) // (2 * 3600)


def test_the_price_is_documented_in_the_words_of_the_reference() -> None:
    assert pricing.NOTE == "Billing starts after 10 minutes of participant time. 1 credit = 1 hour."
    assert pricing.MIN_BILLABLE_MINUTES == 10


@pytest.mark.parametrize(
    ("seconds", "credits"),
    [
        (600, "0.1667"),
        (601, "0.1669"),
        (602, "0.1672"),
        (621, "0.1725"),
        (1800, "0.5"),
        (3599, "0.9997"),
        (3600, "1"),
        (3601, "1.0003"),
        (2250 * 60, "37.5"),
    ],
)
def test_a_credit_is_an_hour_of_one_person(seconds: int, credits: str) -> None:
    assert pricing.usage(seconds) == Usage(seconds, Decimal(credits))


@pytest.mark.parametrize("seconds", [0, 1, 60, 599])
def test_below_ten_minutes_nothing_is_billed(seconds: int) -> None:
    assert pricing.usage(seconds) == Usage(0, Decimal(0)) == Usage()


def test_from_ten_minutes_on_all_of_it_is() -> None:
    assert (pricing.billed(599), pricing.billed(600), pricing.billed(601)) == (0, 600, 601)


@given(seconds_of_a_meeting)
def test_the_price_is_the_oracle_s(seconds: int) -> None:
    expected = ten_thousandths(seconds) if seconds >= 600 else 0
    assert Fraction(pricing.usage(seconds).credits) == Fraction(expected, 10_000)


@given(seconds_that_cost)
def test_the_price_is_never_off_by_more_than_half_a_ten_thousandth(seconds: int) -> None:
    exact = Fraction(seconds, 3600)
    assert abs(Fraction(pricing.credits(seconds)) - exact) <= Fraction(1, 20_000)


@given(seconds_of_a_meeting, st.integers(0, 100_000))
def test_more_time_never_costs_less(seconds: int, more: int) -> None:
    assert pricing.usage(seconds).credits <= pricing.usage(seconds + more).credits


@given(seconds_that_cost)
def test_a_second_more_costs_more(seconds: int) -> None:
    """2.78 ten-thousandths: so no two usages of different seconds are mistaken for each other."""
    assert pricing.credits(seconds) < pricing.credits(seconds + 1)


@given(seconds_of_a_meeting)
def test_a_usage_is_its_seconds_and_their_price(seconds: int) -> None:
    usage = pricing.usage(seconds)
    assert usage.seconds in (0, seconds)
    assert usage.credits == pricing.credits(usage.seconds)
    assert (usage.seconds > 0) == (usage.credits > 0) == (seconds >= 600)


@given(seconds_of_a_meeting)
def test_the_price_fits_the_ledger_s_column(seconds: int) -> None:
    """Which has 14 digits, 4 of them decimals."""
    credits = pricing.usage(seconds).credits
    assert credits == credits.quantize(Decimal("0.0001"))
    assert credits < Decimal(10) ** 10


@pytest.mark.parametrize("rounding", [ROUND_DOWN, ROUND_CEILING, ROUND_HALF_DOWN])
@given(seconds=seconds_of_a_meeting)
def test_the_price_is_the_same_however_others_round(rounding: str, seconds: int) -> None:
    with localcontext(rounding=rounding):
        price = pricing.credits(seconds)
    assert price == Decimal(ten_thousandths(seconds)) / 10_000
