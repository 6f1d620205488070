"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upclass.settings")

application = get_wsgi_application()

from upclass.checks import refuse_unsafe_settings  # noqa: E402  needs the settings

refuse_unsafe_settings()
