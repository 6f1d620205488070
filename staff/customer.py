"""Customers: make one, switch it off, see its credits and keys, let it overdraw."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.http import HttpRequest
from django.utils import timezone

from billing import ledger
from customers.models import ApiKey, Customer
from staff.form_fields import STRICT, DecimalDigitsField


class CustomerForm(forms.ModelForm[Customer]):
    starting_credits = DecimalDigitsField(
        required=False,
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=4,
        help_text="Granted once, with the customer. 1 credit is 1 hour of participant time.",
    )

    class Meta:
        model = Customer
        fields = ("slug", "name", "is_active", "overdraft_limit")


class ApiKeyInline(admin.TabularInline[ApiKey, Customer]):
    """The keys at a glance; each has a page of its own."""

    model = ApiKey
    fields = readonly_fields = ("name", "prefix", "is_active", "expires_at", "last_used_on", "created_at")
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def may_grant(request: HttpRequest) -> bool:
    """Credits are given by those who may book: to make a customer does not suffice."""
    return request.user.has_perm("billing.add_ledgerentry")


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    form = CustomerForm
    change_form_template = "staff/customer.html"
    formfield_overrides = STRICT
    list_display = ("slug", "name", "is_active", "credits", "created_at")
    list_filter = ("is_active",)
    search_fields = ("slug", "name")
    inlines = (ApiKeyInline,)

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> list[Any]:
        fields = ["slug", "name", "is_active", "overdraft_limit"]
        if obj:
            return [*fields, "credits", "created_at"]
        return [*fields, "starting_credits"] if may_grant(request) else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Customer | None = None) -> list[str]:
        return ["credits", "created_at"] if obj else []

    @admin.display(description="credits")
    def credits(self, customer: Customer) -> Decimal:
        return ledger.balance(customer)

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        credits = form.cleaned_data.get("starting_credits")
        if credits and not change and may_grant(request):
            entry = ledger.grant(obj, credits, "Starting credits", timezone.now())
            who = str(request.user.pk)  # whom the entry's page shows
            LogEntry.objects.log_actions(who, [entry], ADDITION, single_object=True)
