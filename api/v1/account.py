"""The account: what is left, what this month cost, and the ledger."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import examples
from api.v1.fields import Credits, Moment
from api.v1.pagination import LIMIT, OFFSET, page
from api.v1.schema import operation
from api.v1.scope import KIND, CustomerViewSet, LedgerEntryFilter, entries
from billing import ledger
from billing.ledger import MonthOfUsage
from billing.models import EntryKind, LedgerEntry
from customers.models import Customer


class Balance(Credits):
    """What is left to the customer whom `source` finds."""

    def get_attribute(self, instance: Any) -> Decimal:
        customer: Any = super().get_attribute(instance)
        return ledger.balance(customer)


class MonthOfUsageSerializer(serializers.Serializer[MonthOfUsage]):
    month = serializers.CharField(help_text="Year and month, UTC.")
    credits = Credits(
        help_text="What was booked in it: below 0 if corrections gave back more than was taken."
    )
    seconds = serializers.IntegerField(help_text="The seconds that they are for; below 0 likewise.")
    meetings = serializers.IntegerField(help_text="How many meetings cost something in it.")


class AccountSerializer(serializers.Serializer[Customer]):
    """A customer's credits. `context`: `now`."""

    customer = serializers.CharField(source="slug")
    credits_balance = Balance(source="*")
    overdraft_limit = Credits(help_text="By how much the balance may be below 0 while meetings are created.")
    usage_this_month = serializers.SerializerMethodField()

    @extend_schema_field(MonthOfUsageSerializer)
    def get_usage_this_month(self, customer: Customer) -> Any:
        return MonthOfUsageSerializer(ledger.usage_in_month(customer, self.context["now"])).data


@extend_schema_serializer(component_name="LedgerEntry")
class LedgerEntrySerializer(serializers.Serializer[LedgerEntry]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EntryKind.values)
    credits = Credits(source="amount", help_text="Above 0 what was given, below 0 what was taken.")
    balance_after = Credits()
    meeting_code = serializers.CharField(source="meeting.code", allow_null=True)
    seconds = serializers.IntegerField(
        allow_null=True, help_text="Of usage: what it settles; below 0 what it takes back."
    )
    reason = serializers.CharField()
    created_at = Moment()


class LedgerSerializer(serializers.Serializer[Any]):
    entries = LedgerEntrySerializer(many=True)
    count = serializers.IntegerField(help_text="How many there are, on all pages.")
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()


class AccountViewSet(CustomerViewSet):
    @operation(
        "show_account",
        "Show your balance, and what was used this month",
        (200, AccountSerializer, examples.ACCOUNT),
    )
    def retrieve(self, request: Request) -> Response:
        return Response(AccountSerializer(self.customer, context={"now": timezone.now()}).data)


class LedgerViewSet(CustomerViewSet):
    @operation(
        "list_account_entries",
        "List the entries of your ledger, newest first",
        (200, LedgerSerializer, examples.LEDGER),
        parameters=[KIND, LIMIT, OFFSET],
    )
    def list(self, request: Request) -> Response:
        shown, numbers = page(request, LedgerEntryFilter(request.query_params, entries(self.customer)))
        return Response(LedgerSerializer({"entries": shown, **numbers}).data)
