"""Mistakes in the settings, each with a number and a hint; `refuse` stops a server that has one."""

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from upclass import storage
from upclass.addresses import unreadable
from upclass.policies import is_origin

log = logging.getLogger(__name__)

SECRETS = ("SECRET_KEY", "JOIN_SECRET", "LIVEKIT_API_SECRET", "S3_SECRET_ACCESS_KEY")
OURS = SECRETS[:3]  # the storage's is made by the storage
SHORTEST = 32  # characters; LiveKit asks for as many
FEWEST_DIFFERENT = 10
HOW_TO_MAKE = """Make one with: python3 -c "import secrets; print(secrets.token_hex(32))\""""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def secrets_are_set(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With DEBUG off no secret may be missing or the default."""
    if settings.DEBUG:
        return []
    missing = [name for name in SECRETS if getattr(settings, name) == settings.DEFAULT_SECRET]
    return [
        Error(
            f"{name} is not set, and DEBUG is off.",
            hint=f"Set {name} in the environment to a long random text. {HOW_TO_MAKE}.",
            id=f"upclass.E{number:03}",
        )
        for number, name in enumerate(SECRETS, start=1)
        if name in missing
    ]


def secrets_are_strong(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With DEBUG off none that we are asked to sign with may be guessed."""
    if settings.DEBUG:
        return []
    used = [(name, getattr(settings, name)) for name in OURS]
    former = [("SECRET_KEY_FALLBACKS", secret) for secret in settings.SECRET_KEY_FALLBACKS]
    return [
        Error(
            f"{name} has a secret that can be guessed, and DEBUG is off.",
            hint=f"It needs {SHORTEST} characters or more, at random. {HOW_TO_MAKE}.",
            id="upclass.E007",
        )
        for name, secret in [*used, *former]
        if is_weak(secret)
    ]


def is_weak(secret: str) -> bool:
    return len(secret) < SHORTEST or len(set(secret)) < FEWEST_DIFFERENT


def public_url_is_safe(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With DEBUG off, pages go by TLS, but to this machine itself: browsers give no camera to others."""
    address = urlsplit(settings.PUBLIC_URL)
    is_here = address.scheme == "http" and address.hostname in LOOPBACK
    if settings.DEBUG or is_here or (address.scheme == "https" and address.hostname):
        return []
    return [
        Error(
            f"PUBLIC_URL is {settings.PUBLIC_URL!r}, which is no https address, and DEBUG is off.",
            hint="Set PUBLIC_URL in the environment to the address people open, such as https://meet.example.com.",
            id="upclass.E008",
        )
    ]


def frame_ancestors_are_origins(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    return [
        Error(
            f"FRAME_ANCESTORS has {origin!r}, which is no origin that may show our pages in a frame.",
            hint="Write origins such as https://www.example.com, without a path or a slash at the end.",
            id="upclass.E005",
        )
        for origin in settings.FRAME_ANCESTORS
        if not is_origin(origin)
    ]


def trusted_proxies_are_networks(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    return [
        Error(
            f"TRUSTED_PROXIES has {network!r}, which is neither an address nor a network.",
            hint="Write addresses such as 10.0.0.1 and networks such as 10.0.0.0/8 or fd00::/8.",
            id="upclass.E006",
        )
        for network in unreadable(settings.TRUSTED_PROXIES)
    ]


CHECKS = (
    secrets_are_set,
    secrets_are_strong,
    public_url_is_safe,
    frame_ancestors_are_origins,
    trusted_proxies_are_networks,
)


def refuse_unsafe_settings() -> None:
    """Stop the start of a server, with a sentence for each mistake, before it serves anybody."""
    mistakes = [mistake for check in CHECKS for mistake in check()]
    if mistakes:
        raise ImproperlyConfigured(" ".join(f"{found.msg} {found.hint}" for found in mistakes))


def refuse_unusable_storage() -> None:
    """Stop the start of a server whose bucket cannot be used; storage that is only away may come back."""
    try:
        storage.require_bucket()
    except storage.Unreachable as error:
        log.warning("recordings wait until it is back: %s", error)
