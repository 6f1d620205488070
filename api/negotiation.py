"""Which form an answer has: JSON, for whoever accepts it."""

from collections.abc import Iterable

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.mediatypes import media_type_matches


class JsonNegotiation(DefaultContentNegotiation):
    """Reads `Accept` only; DRF's own would also read the query, before authentication."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        [json] = renderers
        for accepted in self.get_accept_list(request):
            if media_type_matches(str(json.media_type), accepted):
                return json, accepted
        raise NotAcceptable
