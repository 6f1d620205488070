"""The base of every foreseen outcome that is not success."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django_stubs_ext import StrOrPromise


class Problem(Exception):
    """A foreseen outcome: its HTTP status, a title, one sentence, and a stable word for machines.

    Apps subclass it, one class per outcome; the entry points turn it into JSON or into a page. `facts` stand
    beside title and sentence in the API's body; `headers` go with it. What people read may be lazy words,
    which become those of their language when they are shown.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    error: ClassVar[StrOrPromise]
    detail: StrOrPromise
    headers: Mapping[str, str] = {}

    def __init__(self, detail: StrOrPromise = "", **facts: Any) -> None:
        self.detail = detail or self.detail
        self.facts = facts
        super().__init__(self.detail)
