"""Joining by the page as a browser does: the page with its cookies, then the POST at the click."""

import base64
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import LWPCookieJar
from pathlib import Path


class Away(Exception):
    """Nobody answered, or the service cannot do it now: to be tried again."""


class Refused(Exception):
    """The join page's word that this person may not come in: its code, such as "meeting_ended"."""


@dataclass(frozen=True)
class Ticket:
    url: str
    token: str
    expires_in: float | None

    @property
    def identity(self) -> str:
        payload = self.token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


class Browser:
    """A person's browser: its cookies lie in a file, so that the next tab is the same person."""

    def __init__(self, cookies: Path) -> None:
        self.jar = LWPCookieJar(cookies)
        if cookies.exists():
            self.jar.load(ignore_discard=True)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def enter(self, join_url: str, name: str) -> Ticket:
        """Raises Away and Refused."""
        try:
            self.opener.open(join_url, timeout=10).read()
            body = urllib.parse.urlencode({"name": name, "recording_told": "1"}).encode()
            click = urllib.request.Request(join_url, body, {"X-CSRFToken": self.csrf()})
            with self.opener.open(click, timeout=10) as answer:
                ticket = json.load(answer)
        except urllib.error.HTTPError as error:
            raise Away if error.code >= 500 else Refused(f"{error.code}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Away from error
        self.jar.save(ignore_discard=True)
        return Ticket(ticket["url"], ticket["token"], ticket["expiresIn"])

    def csrf(self) -> str:
        return next(str(cookie.value) for cookie in self.jar if cookie.name == "csrftoken")
