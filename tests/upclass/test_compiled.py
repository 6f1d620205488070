"""A query that was compiled once finds what it would find if it were built anew."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer
from meetings.models import Meeting, MeetingQuerySet
from tests.conftest import NOON, noon
from upclass.compiled import compiled

DAY = timedelta(days=1)


def by_topic(customer: int, topic: str) -> MeetingQuerySet:
    return Meeting.objects.filter(customer=customer, topic=topic)


def made(customer: Customer, *topics: str, at: datetime = NOON) -> list[Meeting]:
    return [Meeting.objects.create(customer=customer, topic=topic, created_at=at) for topic in topics]


def test_it_finds_what_its_arguments_say(customer: Customer, stranger: Customer) -> None:
    standup, retro = made(customer, "Standup", "Retro")
    made(stranger, "Standup")
    found = compiled(by_topic)
    assert found(customer.pk, "Standup") == [standup]
    assert found(topic="Retro", customer=customer.pk) == [retro]
    assert found(customer.pk, topic="Nothing") == []


def test_what_it_finds_is_whole(customer: Customer) -> None:
    [standup] = made(customer, "Standup")
    [found] = compiled(by_topic)(customer.pk, "Standup")
    kept = Meeting.objects.filter(pk=standup.pk).values().get()
    assert {name: getattr(found, name) for name in kept} == kept


def test_first_is_the_first_or_nothing(customer: Customer) -> None:
    [_, newer] = [*made(customer, "Standup"), *made(customer, "Standup", at=noon(1))]
    assert compiled(by_topic).first(customer.pk, "Standup") == newer
    assert compiled(by_topic).first(customer.pk, "Retro") is None


@pytest.mark.parametrize("topic", ["100 %", "%s", "it's; --", '"', "\\", "ünï"])
def test_no_text_is_taken_for_sql(customer: Customer, topic: str) -> None:
    [kept] = made(customer, topic)
    assert compiled(by_topic)(customer.pk, topic) == [kept]


def test_it_is_built_once(customer: Customer) -> None:
    built = []

    def counted(customer: int) -> MeetingQuerySet:
        built.append(customer)
        return Meeting.objects.filter(customer=customer)

    found = compiled(counted)
    assert [len(found(customer.pk)) for _ in range(3)] == [0, 0, 0]
    assert len(built) == 1


def test_each_run_asks_anew(customer: Customer, django_assert_num_queries: Callable[[int], Any]) -> None:
    found = compiled(by_topic)
    with django_assert_num_queries(2):
        assert found(customer.pk, "Standup") == []
        assert found(customer.pk, "Standup") == []


def test_moments_may_be_calculated_with(customer: Customer) -> None:
    def of_the_day_before(customer: int, now: datetime) -> MeetingQuerySet:
        return Meeting.objects.filter(customer=customer, created_at__gt=now - DAY, created_at__lte=now)

    [meeting] = made(customer, "Standup", at=NOON)
    found = compiled(of_the_day_before)
    assert found(customer.pk, NOON) == [meeting]
    assert found(customer.pk, NOON + DAY - timedelta(microseconds=1)) == [meeting]
    assert found(customer.pk, NOON + DAY) == []


def test_it_reads_along_what_the_query_says(
    customer: Customer, django_assert_num_queries: Callable[[int], Any]
) -> None:
    made(customer, "Standup")
    with django_assert_num_queries(1):
        [found] = compiled(with_customer)("Standup")
        assert found.customer.slug == "your-company"


def with_customer(topic: str) -> MeetingQuerySet:
    return Meeting.objects.filter(topic=topic).select_related("customer")


def test_an_argument_may_be_a_row(customer: Customer, stranger: Customer) -> None:
    def of(customer: Customer) -> MeetingQuerySet:
        return Meeting.objects.of(customer)

    [standup] = made(customer, "Standup")
    found = compiled(of)
    assert (found(customer), found(customer=stranger)) == ([standup], [])
    assert found.get(customer) == standup


def test_it_may_read_values_alone(customer: Customer) -> None:
    def codes(customer: int) -> QuerySet[Meeting, str]:
        return Meeting.objects.filter(customer=customer).values_list("code", flat=True)

    [standup] = made(customer, "Standup")
    assert compiled(codes)(customer.pk) == [standup.code]


def test_it_may_lock(customer: Customer) -> None:
    def locked(customer: int) -> MeetingQuerySet:
        return Meeting.objects.select_for_update().filter(customer=customer)

    found = compiled(locked)
    for _ in range(2):
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            found(customer.pk)
        assert "FOR UPDATE" in asked[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_threads_run_it_each_on_a_connection_of_its_own(customer: Customer) -> None:
    made(customer, *map(str, range(8)))
    found = compiled(by_topic)

    def search(topic: str) -> list[str]:
        with transaction.atomic():
            Meeting.objects.create(customer=customer, topic=topic, created_at=timezone.now())
            rows = found(customer.pk, topic)
            transaction.set_rollback(True)
        connection.close()
        return [row.topic for row in rows]

    with ThreadPoolExecutor(8) as pool:  # each sees its own row, which it has not committed
        assert list(pool.map(search, map(str, range(8)))) == [[topic] * 2 for topic in map(str, range(8))]
