import pytest

from tests.conftest import race
from upclass.locks import try_lock

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(name: str) -> bool:
    with try_lock(name) as acquired:
        return acquired


def test_whoever_comes_first_is_alone() -> None:
    with try_lock("sweep") as acquired:
        assert acquired
        assert race(lambda: attempt("sweep")) == [False]


def test_another_name_is_another_lock() -> None:
    with try_lock("sweep"):
        assert race(lambda: attempt("another")) == [True]


def test_the_lock_is_free_again_afterwards() -> None:
    assert attempt("sweep")
    assert race(lambda: attempt("sweep")) == [True]


def test_the_lock_is_free_again_after_a_crash() -> None:
    with pytest.raises(ZeroDivisionError), try_lock("sweep"):
        _ = 1 / 0
    assert race(lambda: attempt("sweep")) == [True]


def test_whoever_came_second_does_not_free_it() -> None:
    with try_lock("sweep"):
        race(lambda: attempt("sweep"))
        assert race(lambda: attempt("sweep")) == [False]
