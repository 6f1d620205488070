"""What proxies say of a request is believed of those only that TRUSTED_PROXIES names."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from upclass.addresses import client_address, is_among, networks, parsed


class ProxiesMiddleware:
    """Makes `REMOTE_ADDR` the client's own address, and drops an X-Forwarded-Proto that nobody vouches for.

    It stands before whatever asks `request.is_secure()`, which looks at that header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trusted = networks(tuple(settings.TRUSTED_PROXIES))
        remote = request.META.get("REMOTE_ADDR", "")
        said = request.META.get("HTTP_X_FORWARDED_FOR", "")
        proxy = parsed(remote)
        if proxy is None or not is_among(proxy, trusted):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        request.META["REMOTE_ADDR"] = client_address(remote, said, trusted)
        return self.get_response(request)
