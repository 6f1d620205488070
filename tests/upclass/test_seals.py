from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upclass.seals import BrokenSeal, seal, unseal


@given(st.binary())
def test_what_was_sealed_can_be_read_again(content: bytes) -> None:
    assert unseal(seal(content)) == content


def test_a_seal_hides_what_is_in_it() -> None:
    assert b"token" not in seal(b"?token=" * 100)


def test_the_same_content_is_sealed_in_another_way_each_time() -> None:
    assert seal(b"content") != seal(b"content")


@pytest.mark.parametrize("place", [0, 31, 32, 47, 48, -1])
def test_what_was_changed_is_not_read(place: int) -> None:
    changed = bytearray(seal(b"content"))
    changed[place] ^= 1
    with pytest.raises(BrokenSeal):
        unseal(bytes(changed))


@pytest.mark.parametrize("sealed", [b"", b"short"])
def test_what_never_was_sealed_is_not_read(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        unseal(sealed)


def test_another_secret_does_not_read_it(settings: Any) -> None:
    sealed = seal(b"content")
    settings.JOIN_SECRET = "another"
    with pytest.raises(BrokenSeal):
        unseal(sealed)
