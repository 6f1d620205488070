"""The ledger: look at it, and book a grant, refund or adjustment. Nothing of it is ever changed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing import ledger
from billing.models import EntryKind, LedgerEntry
from meetings.models import Meeting
from staff.form_fields import DecimalDigitsField
from staff.long_list import LongList
from upclass.form_fields import LineField

KINDS = (EntryKind.GRANT, EntryKind.REFUND, EntryKind.ADJUSTMENT)  # usage is booked by settling only
DUPLICATE_WINDOW = timedelta(minutes=10)  # within which the same entry is taken for a mistake
SHOWN = ("created_at", "customer", "kind", "amount", "balance_after", "meeting", "seconds", "reason")


class LedgerEntryForm(forms.ModelForm[LedgerEntry]):
    """A new entry. It carries `form_id`, drawn when it was opened, so that it books once."""

    kind = forms.ChoiceField(choices=[("", "---------"), *((kind.value, kind.label) for kind in KINDS)])
    amount = DecimalDigitsField(
        max_digits=13,
        decimal_places=4,
        help_text="Credits. 1 credit is 1 hour of participant time. An adjustment below 0 takes credits.",
    )
    meeting_code = forms.CharField(
        required=False,
        max_length=14,
        widget=AdminTextInputWidget,
        help_text="If it is about one meeting of this customer: its code, such as BCDF-GHJK-MNPR.",
    )
    reason = LineField(
        max_length=255, widget=AdminTextInputWidget, help_text="The customer reads it in the API."
    )
    form_id = forms.UUIDField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid"), "This form cannot book: open a new one."),
    )

    class Meta:
        model = LedgerEntry
        fields = ("customer", "kind", "amount", "reason")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "kind" in given and "amount" in given:
            self._check_amount(given["kind"], given["amount"])
        if given.get("meeting_code") and "customer" in given:
            self._find_meeting(given["meeting_code"])
        self.instance.form_id = given.get("form_id")
        return given

    def _post_clean(self) -> None:
        """When the entry is filled in: the browser's Back brings a new form with the old content."""
        super()._post_clean()  # type: ignore[misc]  # has no types
        twins = LedgerEntry.objects.same_as(self.instance, timezone.now() - DUPLICATE_WINDOW)
        if not self.errors and twins.exclude(form_id=self.instance.form_id).exists():
            self.add_error(
                None, "The same was booked a moment ago. If you mean it twice, say so in the reason."
            )

    def _check_amount(self, kind: str, amount: Decimal) -> None:
        if amount == 0:
            self.add_error("amount", "0 credits would change nothing.")
        elif amount < 0 and kind != EntryKind.ADJUSTMENT:
            self.add_error("amount", f"A {kind} gives credits: above 0. To take some, book an adjustment.")

    def _find_meeting(self, code: str) -> None:
        customer = self.cleaned_data["customer"]
        meeting = Meeting.objects.of(customer).filter(code=code.upper()).first()
        if meeting is None:
            self.add_error("meeting_code", f"{customer} has no meeting with this code.")
        elif self.cleaned_data.get("kind") == EntryKind.GRANT:
            self.add_error("meeting_code", "A grant is for no meeting: book a refund, or leave this empty.")
        self.instance.meeting = meeting


class BookedBefore(Exception):
    """The form was sent before: `first` is what it booked; `is_same`, whether this one asks for the same."""

    def __init__(self, first: LedgerEntry, again: LedgerEntry) -> None:
        super().__init__(first, again)
        self.first = first
        self.is_same = _content(first) == _content(again)


def _content(entry: LedgerEntry) -> tuple[object, ...]:
    return entry.customer_id, entry.kind, entry.amount, entry.meeting_id, entry.reason


def book(entry: LedgerEntry) -> None:
    """Write the entry of a form. Raises BookedBefore."""
    first, is_new = ledger.write_once(entry)
    if not is_new:
        raise BookedBefore(first, entry)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(LongList[LedgerEntry]):
    """No `date_hierarchy`: on a table that grows by two rows a minute in each live meeting, it is slow."""

    form = LedgerEntryForm
    add_form_template = "staff/book_entry.html"
    list_display = SHOWN
    list_filter = ("kind", "created_at", "customer")
    list_select_related = ("customer", "meeting")
    search_fields = ("customer__slug", "meeting__code", "reason")
    autocomplete_fields = ("customer",)

    # Who may do what

    def has_change_permission(self, request: HttpRequest, obj: LedgerEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LedgerEntry | None = None) -> bool:
        return False

    # The pages

    def get_fields(self, request: HttpRequest, obj: LedgerEntry | None = None) -> list[Any]:
        return [*SHOWN, "booked_by"] if obj else ["customer", "kind", "amount", "meeting_code", "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: LedgerEntry | None = None) -> list[Any]:
        return self.get_fields(request, obj) if obj else []

    @admin.display(description="booked by")
    def booked_by(self, entry: LedgerEntry) -> User | None:
        """Who of the staff; nobody if it was the service itself or a command."""
        kind = ContentType.objects.get_for_model(LedgerEntry)
        written = LogEntry.objects.filter(
            content_type=kind, object_id=str(entry.pk), action_flag=ADDITION
        ).first()
        return written.user if written else None

    # Booking

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_changeform_initial_data(request), "form_id": uuid4()}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except BookedBefore as outcome:
            self._tell(request, outcome)
            return self.response_post_save_add(request, outcome.first)

    def save_model(self, request: HttpRequest, obj: LedgerEntry, form: Any, change: bool) -> None:
        obj.created_at = timezone.now()
        book(obj)

    def _tell(self, request: HttpRequest, outcome: BookedBefore) -> None:
        entry = _link(outcome.first)
        if outcome.is_same:
            self.message_user(request, format_html("This was booked already: {}.", entry), messages.WARNING)
            return
        new = reverse("admin:billing_ledgerentry_add")
        refusal = (
            "Nothing was booked: a form books once, and this one has booked {}. "
            '<a href="{}">Open a new one</a> for another entry.'
        )
        self.message_user(request, format_html(refusal, entry, new), messages.ERROR)


def _link(entry: LedgerEntry) -> SafeString:
    address = reverse("admin:billing_ledgerentry_change", args=[entry.pk])
    return format_html('<a href="{}">{} for {}</a>', address, entry, entry.customer)
