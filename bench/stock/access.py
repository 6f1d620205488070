"""Keys in a table, compared by their hash; so many requests a second, counted in Redis."""

import hashlib
import hmac
import time

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.throttling import BaseThrottle

from customers.models import ApiKey


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request):
        _, _, rest = request.headers.get("X-API-KEY", "").partition("_")
        prefix, _, secret = rest.partition("_")
        try:
            key = ApiKey.objects.select_related("customer").get(prefix=prefix)
        except ApiKey.DoesNotExist:
            raise AuthenticationFailed("Invalid API key") from None
        if not hmac.compare_digest(hashlib.sha256(secret.encode()).hexdigest(), key.digest):
            raise AuthenticationFailed("Invalid API key")
        if key.expires_at and key.expires_at <= timezone.now():
            raise AuthenticationFailed("Invalid API key")
        if not (key.is_active and key.customer.is_active):
            raise PermissionDenied("API key inactive")
        key.customer.is_authenticated = True
        return key.customer, key


class KeyThrottle(BaseThrottle):
    """A window of a second, in one round to Redis unless it is the second's first."""

    def allow_request(self, request, view):
        if not request.auth:
            return True
        name = f"rate:{request.auth.pk}:{int(time.time())}"
        try:
            count = cache.incr(name)
        except ValueError:
            cache.add(name, 1, timeout=2)
            count = 1
        return count <= settings.RATE_LIMIT_PER_SECOND

    def wait(self):
        return 1
