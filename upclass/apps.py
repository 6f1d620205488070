from django.apps import AppConfig
from django.core import checks

from upclass.checks import secrets_are_set


class UpclassConfig(AppConfig):
    name = "upclass"

    def ready(self) -> None:
        checks.register(secrets_are_set, checks.Tags.security)
