from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from customers import keys
from customers.errors import ApiKeyInactive, InvalidApiKey


class Customer(models.Model):
    """The account that owns API keys, meetings and credits."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    overdraft_limit = models.DecimalField(
        max_digits=14,
        decimal_places=4,
        default=0,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Credits by which the balance may be below 0 while meetings are made and calls begin.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slug",)
        constraints = (
            models.CheckConstraint(condition=Q(overdraft_limit__gte=0), name="overdraft_not_below_0"),
        )

    def __str__(self) -> str:
        return self.slug


def _limit(meaning: str) -> "models.PositiveIntegerField[int | None, int | None]":
    return models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=f"{meaning} Empty: as the service's settings say.",
    )


class ApiKey(models.Model):
    """An integrator's key. The key itself is shown once and not stored."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=keys.PREFIX_LENGTH, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    rate_limit_per_second = _limit("How many requests a second may go on coming.")
    rate_limit_burst = _limit("How many requests may come at once.")
    last_used_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    issued: keys.Key  # on the instance that was just issued, to be shown; no column

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "API key"
        constraints = (
            models.CheckConstraint(condition=Q(rate_limit_per_second__gt=0), name="some_requests_a_second"),
            models.CheckConstraint(condition=Q(rate_limit_burst__gt=0), name="some_requests_at_once"),
        )

    def __str__(self) -> str:
        return f"upk_{self.prefix}_…"

    def generate(self) -> None:
        """Become the row of a new key (not saved), which `issued` holds until it was shown."""
        self.issued = keys.new()
        self.prefix, self.digest = self.issued.prefix, self.issued.digest

    def touch_last_used(self, now: datetime) -> None:
        """Remember the day; one write a day, however many requests."""
        if self.last_used_on != now.date():
            ApiKey.objects.filter(pk=self.pk).update(last_used_on=now.date())
            self.last_used_on = now.date()


def issue(customer: Customer, name: str = "", expires_at: datetime | None = None) -> tuple[ApiKey, keys.Key]:
    """A new key of a customer: its row, and the key, which exists nowhere else from now on."""
    row = ApiKey(customer=customer, name=name, expires_at=expires_at)
    row.generate()
    row.save()
    return row, row.issued


def read(prefix: str) -> ApiKey | None:
    """The row of a key, and its customer's."""
    return ApiKey.objects.select_related("customer").filter(prefix=prefix).first()


def find(text: str, now: datetime, read: Callable[[str], ApiKey | None] = read) -> ApiKey:
    """The row of the key in a header. Raises InvalidApiKey, or ApiKeyInactive for one switched off."""
    key = keys.parse(text)
    row = key and read(key.prefix)
    if not key or not row or not key.matches(row.digest):
        raise InvalidApiKey
    if row.expires_at and row.expires_at <= now:
        raise InvalidApiKey
    if not (row.is_active and row.customer.is_active):
        raise ApiKeyInactive
    return row
