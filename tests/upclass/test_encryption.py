from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upclass.encryption import DecryptionFailed, decrypt, encrypt


@given(st.binary())
def test_what_was_encrypted_can_be_read_again(content: bytes) -> None:
    assert decrypt(encrypt(content)) == content


def test_encryption_hides_the_content() -> None:
    assert b"token" not in encrypt(b"?token=" * 100)


def test_the_same_content_is_encrypted_differently_each_time() -> None:
    assert encrypt(b"content") != encrypt(b"content")


@pytest.mark.parametrize("place", [0, 31, 32, 47, 48, -1])
def test_what_was_changed_is_not_read(place: int) -> None:
    changed = bytearray(encrypt(b"content"))
    changed[place] ^= 1
    with pytest.raises(DecryptionFailed):
        decrypt(bytes(changed))


@pytest.mark.parametrize("encrypted", [b"", b"short"])
def test_what_never_was_encrypted_is_not_read(encrypted: bytes) -> None:
    with pytest.raises(DecryptionFailed):
        decrypt(encrypted)


def test_another_secret_does_not_read_it(settings: Any) -> None:
    encrypted = encrypt(b"content")
    settings.JOIN_SECRET = "another"
    with pytest.raises(DecryptionFailed):
        decrypt(encrypted)
