from typing import Any

from django.core.management.base import BaseCommand

from api.docs import DOCUMENT
from api.v1.document import build_document


class Command(BaseCommand):
    help = "Write the OpenAPI document anew, from the code as it stands."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        DOCUMENT.write_text(build_document())
