"""Which paths are pages for people who join: all that no other door has."""

import re

OTHER_DOORS = re.compile(r"/(api|admin|docs|webhooks|static|healthz|readyz)(?:/|$)")


def door(path: str) -> str:
    """`api`, `admin`, `docs`, …, by the path's first part; `page` for the pages."""
    found = OTHER_DOORS.match(path)
    return found[1] if found else "page"


def is_page(path: str) -> bool:
    return door(path) == "page"
