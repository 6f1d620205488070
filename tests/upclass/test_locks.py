import pytest

from tests.conftest import race
from upclass.locks import alone

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(name: str) -> bool:
    with alone(name) as mine:
        return mine


def test_whoever_comes_first_is_alone() -> None:
    with alone("sweep") as mine:
        assert mine
        assert race(lambda: attempt("sweep")) == [False]


def test_another_name_is_another_lock() -> None:
    with alone("sweep"):
        assert race(lambda: attempt("another")) == [True]


def test_the_lock_is_free_again_afterwards() -> None:
    assert attempt("sweep")
    assert race(lambda: attempt("sweep")) == [True]


def test_the_lock_is_free_again_after_a_crash() -> None:
    with pytest.raises(ZeroDivisionError), alone("sweep"):
        _ = 1 / 0
    assert race(lambda: attempt("sweep")) == [True]


def test_whoever_came_second_does_not_free_it() -> None:
    with alone("sweep"):
        race(lambda: attempt("sweep"))
        assert race(lambda: attempt("sweep")) == [False]
