"""Authentication by API key: the header `X-API-KEY`."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from customers import models
from customers.models import ApiKey, Customer


class ApiKeyAuthentication(BaseAuthentication):
    """`request.user` becomes the customer, `request.auth` the key. Raises InvalidApiKey, ApiKeyInactive."""

    def authenticate(self, request: Request) -> tuple[Customer, ApiKey]:
        now = timezone.now()
        key = models.find(request.headers.get("X-API-KEY", ""), now)
        key.touch_last_used(now)
        return key.customer, key
