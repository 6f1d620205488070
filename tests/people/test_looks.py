"""Who is drawn for which name."""

from dataclasses import replace

import pytest

from tests.people.looks import CAST, named, numbered


def test_a_name_has_its_face_whatever_the_rest_of_it() -> None:
    assert named("Ben Carter") == named("Ben") == CAST["Ben"]


@pytest.mark.parametrize("name", ["", "Zoë Müller", "अनन्या", "Guest 9"])
def test_any_other_name_has_one_too_and_always_the_same(name: str) -> None:
    assert named(name) == named(name)


def test_of_many_no_two_look_alike() -> None:
    crowd = [named(f"Person {number}") for number in range(1, 26)]
    assert len({replace(look, beat=0) for look in crowd}) == 25
    assert crowd[0] == numbered(0)


def test_the_cast_is_as_different_as_people_are() -> None:
    for of_each, at_least in (
        ("skin", 6),
        ("style", 10),
        ("top", 5),
        ("room", 6),
        ("glasses", 3),
        ("beard", 4),
    ):
        assert len({getattr(look, of_each) for look in CAST.values()}) >= at_least, of_each
    assert max(look.age for look in CAST.values()) == 1
