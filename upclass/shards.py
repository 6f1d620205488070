"""All meetings in parts, so that several workers share a periodic job."""

from upclass.codes import LETTERS

SHARDS = 6  # of which each has as many letters


def letters(shard: int) -> str:
    """With one of them each code of the shard's meetings begins: codes are drawn, so shards are even."""
    return LETTERS[shard::SHARDS]
