import secrets
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from billing import ledger
from customers.models import Customer, issue

CREDITS = Decimal(150)


class Command(BaseCommand):
    help = "Make the customer demo, a key and an admin account, once; prints nothing when demo exists."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        demo, is_new = Customer.objects.get_or_create(slug="demo", defaults={"name": "Demo"})
        if not is_new:
            return
        ledger.grant(demo, CREDITS, "Demo credits", timezone.now())
        _, key = issue(demo, "first key")
        self.stdout.write(f"API key  {key}")
        if not User.objects.filter(username="admin").exists():
            password = secrets.token_urlsafe(12)
            User.objects.create_superuser("admin", password=password)
            self.stdout.write(f"Staff    admin / {password}")
        self.stdout.write("Both are shown this once.")
