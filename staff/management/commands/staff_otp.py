from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice


class Command(BaseCommand):
    help = (
        "Give a member of the staff a second factor, in place of any they had. Prints the address that their "
        "authenticator app takes, as text or as a QR code made of it; whoever has it has the factor."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="who logs in to Django admin with it")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_staff=True).first()
        if user is None:
            raise CommandError(f"no member of the staff is called {options['username']!r}")
        with transaction.atomic():
            TOTPDevice.objects.filter(user=user).delete()
            device = TOTPDevice.objects.create(user=user, name="authenticator app")
        self.stdout.write(device.config_url)
