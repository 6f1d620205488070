"""All meetings in parts, by their primary keys, so that several workers share a periodic job."""

SHARDS = 6
