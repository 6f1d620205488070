import pytest

from customers import keys


def test_a_new_key_is_read_back_from_its_text() -> None:
    key = keys.new()
    assert keys.parse(str(key)) == key


def test_a_key_reads_upk_prefix_secret() -> None:
    start, prefix, secret = str(keys.new()).split("_")
    assert (start, len(prefix), len(secret)) == ("upk", keys.PREFIX_LENGTH, keys.SECRET_LENGTH)


def test_two_keys_differ() -> None:
    assert str(keys.new()) != str(keys.new())


@pytest.mark.parametrize(
    "text",
    ["", "upk", "upk_", "upk_short_secret", "xpk_abcdefghij_secret", "upk_abcdefghi\0_s", "upk_äbcdefghij_s"],
)
def test_what_has_not_the_form_of_a_key_is_none(text: str) -> None:
    assert keys.parse(text) is None


def test_a_key_matches_its_own_digest_only() -> None:
    key = keys.new()
    assert key.matches(key.digest)
    assert not key.matches(keys.new().digest)


def test_a_digest_is_the_sha_256_of_the_secret() -> None:
    digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    assert keys.Key("abcdefghij", "secret").digest == digest


@pytest.mark.parametrize("answer", [True, False])
def test_digests_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    key = keys.new()
    monkeypatch.setattr("hmac.compare_digest", lambda *unused: answer)
    assert key.matches(key.digest) is answer
