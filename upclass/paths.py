"""Which paths are pages for people who join: all that no other entry point has."""

import re

OTHER_ENTRY_POINTS = re.compile(r"/(api|admin|docs|webhooks|static|healthz|readyz)(?:/|$)")


def entry_point(path: str) -> str:
    """`api`, `admin`, `docs`, …, by the path's first part; `page` for the pages."""
    found = OTHER_ENTRY_POINTS.match(path)
    return found[1] if found else "page"


def is_page(path: str) -> bool:
    return entry_point(path) == "page"
