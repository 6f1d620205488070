"""API keys: issue one (shown once, never again), switch it off, see when it was last used."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from customers.models import ApiKey
from staff.form_fields import STRICT


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    list_display = ("prefix", "customer", "name", "is_active", "expires_at", "last_used_on")
    list_filter = ("is_active", "customer")
    list_select_related = ("customer",)
    search_fields = ("prefix", "name", "customer__slug")
    autocomplete_fields = ("customer",)
    formfield_overrides = STRICT

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        limits = ["rate_limit_per_second", "rate_limit_burst"]
        fields = ["customer", "name", "is_active", "expires_at", *limits]
        return [*fields, "prefix", "last_used_on", "created_at"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        return ["customer", "prefix", "last_used_on", "created_at"] if obj else []

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if not change:
            obj.generate()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The key stands in this answer and nowhere else: no redirect, for that would have to keep it."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The new API key",
            "key": str(obj.issued),
            "row": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "staff/issued_key.html", context)
