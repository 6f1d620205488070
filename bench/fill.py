"""`python -m bench.fill MEETINGS MINE` fills a database, and prints the key of who has `MINE` of them.

In its own process, for Django has one database.
"""

import sys

import django

OTHERS = 900  # customers, of whom each has as many of the rest


def fill(meetings: int, mine: int) -> str:
    from bench.world import Owner, analyze  # noqa: PLC0415  they need the settings
    from meetings.models import Meeting  # noqa: PLC0415
    from tests.rows import loading  # noqa: PLC0415

    owner = Owner("mine")
    others = [Owner(f"other-{number}") for number in range(OTHERS if meetings > mine else 0)]
    with loading(Meeting):
        owner.make_meetings(0, mine, **STATUSES)
        for number, other in enumerate(others, 1):
            other.make_meetings(number * 10**8, (meetings - mine) // OTHERS, **STATUSES)
    analyze()
    return owner.key


# Of ten: four ended, one cancelled, two that never expire, two expired, one that will.
STATUSES = {
    "ended_at": "CASE WHEN n % 10 < 4 THEN now() END",
    "cancelled_at": "CASE WHEN n % 10 = 4 THEN now() END",
    "expires_at": "CASE WHEN n % 10 > 6 THEN now() + (n % 10 - 8.5) * interval '10 h' END",
}

if __name__ == "__main__":
    django.setup()
    print(fill(*map(int, sys.argv[1:])))
