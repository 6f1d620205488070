"""`python -m upclass.serve [OPTIONS OF granian]`: the web server, granian with its WSGI interface.

Settings are checked before it: granian would start a worker that refuses them again and again, for ever.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured

from upclass.checks import refuse_unsafe_settings, refuse_unusable_storage

GRANIAN = str(Path(sys.executable).with_name("granian"))
ALWAYS = ("--interface", "wsgi", "--no-ws", "--respawn-failed-workers", "upclass.wsgi:application")


def serve(options: list[str]) -> NoReturn:
    """Become the web server; SystemExit with a sentence for each mistake in the settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upclass.settings")
    os.environ.setdefault("DATABASE_TIMEOUTS", "web")
    try:
        refuse_unsafe_settings()
        refuse_unusable_storage()
    except ImproperlyConfigured as error:
        sys.exit(f"web cannot start: {error}")
    os.execv(GRANIAN, [GRANIAN, *options, *ALWAYS])  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    serve(sys.argv[1:])
