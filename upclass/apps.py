from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created

from upclass.checks import CHECKS
from upclass.connections import close_with_thread


class UpclassConfig(AppConfig):
    name = "upclass"

    def ready(self) -> None:
        for check in CHECKS:
            checks.register(check, checks.Tags.security)
        connection_created.connect(close_with_thread)
