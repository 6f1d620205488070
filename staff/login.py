"""How staff log in: by a password, and by a code where they have a second factor.

django-axes counts wrong passwords, per account and per network, and locks out before any is hashed (its
limits are in upclass/settings.py); django-otp knows the second factors, and slows down who guesses a code.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_otp import match_token, user_has_device

from upclass.addresses import client_network

AT_ONCE = 2  # passwords that one process hashes: each takes a core for about a second
_hashing = threading.BoundedSemaphore(AT_ONCE)

BUSY = "Others are logging in at this moment. Wait a second, and try again."
NO_DEVICE = "You need a second factor, and have none. A superuser makes one: manage.py staff_otp <your name>"
CODE_NEEDED = "Enter the code that your authenticator app shows now."


@contextmanager
def hashing() -> Iterator[None]:
    """One of the few places for a password to be hashed; ValidationError while all are taken.

    Nobody waits for one: who waits holds a thread of the web server.
    """
    if not _hashing.acquire(blocking=False):
        raise ValidationError(BUSY, code="busy")
    try:
        yield
    finally:
        _hashing.release()


class LoginForm(AdminAuthenticationForm):
    otp_token = forms.CharField(
        label="Code",
        required=False,
        help_text="Of your authenticator app, if you have set one up.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        with hashing():
            cleaned = super().clean()
        user = self.get_user()
        if user is not None:  # it is, where a field was left empty
            self._check_second_factor(user, cleaned.get("otp_token", ""))
        return cleaned

    def _check_second_factor(self, user: Any, token: str) -> None:
        """Raise ValidationError unless their code is right, or none is needed of who has no device."""
        has_device = user_has_device(user)
        if settings.STAFF_OTP_REQUIRED and not has_device:
            raise ValidationError(NO_DEVICE, code="no_device")
        if not has_device:
            return
        user.otp_device = match_token(user, token) if token else None
        if user.otp_device is None:
            raise ValidationError(CODE_NEEDED, code="code_needed")


def is_verified(user: Any) -> bool:
    """Whether this session began with a second factor (django-otp's middleware knows)."""
    return bool(user.is_verified())


def locked_out(request: HttpRequest, *unused: object) -> HttpResponse:
    """For django-axes: the answer to who is shut out."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    shown = {**admin.site.each_context(request), "minutes": minutes}
    return render(request, "staff/locked_out.html", shown, status=429)


def client_address(request: HttpRequest) -> str | None:
    """For django-axes: whose address counts, of IPv6 the first one of its /64."""
    return client_network(request.META.get("REMOTE_ADDR", "")).partition("/")[0] or None
