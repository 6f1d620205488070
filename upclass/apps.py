from django.apps import AppConfig
from django.core import checks

from upclass.checks import CHECKS


class UpclassConfig(AppConfig):
    name = "upclass"

    def ready(self) -> None:
        for check in CHECKS:
            checks.register(check, checks.Tags.security)
