from django.db import models

from customers.models import Customer


class Kind(models.TextChoices):
    GRANT = "grant"


class Account(models.Model):
    """A customer's balance in credits, so that it is read in constant time: the sum of the entries."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="account")
    balance = models.DecimalField(max_digits=14, decimal_places=4, default=0)

    def __str__(self) -> str:
        return f"{self.customer}: {self.balance}"


class Entry(models.Model):
    """A line of the ledger, in credits. Written once, by billing/ledger.py only."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    reason = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
