"""What a browser may do with our answers: content security policies, and devices. Read by the settings.

No policy of ours allows anything inline, anything of a third party, or a frame that was not asked for.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.utils.csp import CSP

Policy = Mapping[str, Sequence[str]]

# Somebody who may show our pages in a frame: https, or a page on this machine.
ORIGIN = re.compile(
    r"https://[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?|http://(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE
)

PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), "
    "speaker-selection=(self), screen-wake-lock=(self), picture-in-picture=(self), "
    "geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()"
)

NOTHING: Policy = {"default-src": [CSP.NONE], "frame-ancestors": [CSP.NONE]}

OWN: Policy = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# Django puts a nonce on the one style that it writes into a page.
ADMIN: Policy = {**OWN, "style-src": [CSP.SELF, CSP.NONCE], "img-src": [CSP.SELF, "data:"]}
# Swagger UI's style sheet has pictures inside.
DOCS: Policy = {**OWN, "img-src": [CSP.SELF, "data:"]}

OTHERS = {"admin": ADMIN, "docs": DOCS, "api": NOTHING, "webhooks": NOTHING}


def pages(livekit_url: str, frame_ancestors: Sequence[str]) -> Policy:
    """Of the pages for people who join, which also connect to LiveKit, and may be framed by some."""
    return {
        **OWN,
        "img-src": [CSP.SELF, "blob:"],
        "media-src": [CSP.SELF, "blob:"],
        "worker-src": [CSP.SELF],
        "connect-src": [CSP.SELF, *both_schemes(livekit_url)],
        "frame-ancestors": list(frame_ancestors) or [CSP.NONE],
    }


def both_schemes(url: str) -> list[str]:
    """LiveKit's origin for sockets and for requests: its client uses both."""
    parts = urlsplit(url)
    is_secure = parts.scheme in ("wss", "https")
    return [f"{scheme}://{parts.netloc}" for scheme in (("wss", "https") if is_secure else ("ws", "http"))]


def is_origin(text: str) -> bool:
    """Whether this may stand in FRAME_ANCESTORS."""
    return bool(ORIGIN.fullmatch(text))
