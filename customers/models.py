from datetime import datetime

from django.db import models

from customers import keys
from customers.errors import ApiKeyInactive, InvalidApiKey


class Customer(models.Model):
    """The account that owns API keys, meetings and credits."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug


class ApiKey(models.Model):
    """A key that integrators knock with. The key itself is shown once and not kept."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=keys.PREFIX_LENGTH, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"upk_{self.prefix}_…"

    def hold(self, key: keys.Key) -> None:
        """Become the row of this key (not saved)."""
        self.prefix, self.digest = key.prefix, key.digest

    def note_use(self, now: datetime) -> None:
        """Remember the day; one write a day, however many requests."""
        if self.last_used_on != now.date():
            ApiKey.objects.filter(pk=self.pk).update(last_used_on=now.date())


def issue(customer: Customer, name: str = "", expires_at: datetime | None = None) -> tuple[ApiKey, keys.Key]:
    """A new key of a customer: its row, and the key, which exists nowhere else from now on."""
    key = keys.new()
    row = ApiKey(customer=customer, name=name, expires_at=expires_at)
    row.hold(key)
    row.save()
    return row, key


def find(text: str, now: datetime) -> ApiKey:
    """The row of the key in a header. Raises InvalidApiKey, or ApiKeyInactive for one switched off."""
    key = keys.parse(text)
    row = key and ApiKey.objects.select_related("customer").filter(prefix=key.prefix).first()
    if not key or not row or not key.matches(row.digest):
        raise InvalidApiKey
    if row.expires_at and row.expires_at <= now:
        raise InvalidApiKey
    if not (row.is_active and row.customer.is_active):
        raise ApiKeyInactive
    return row
