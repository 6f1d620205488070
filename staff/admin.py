"""What Django's admin finds: one module a page."""

from django.contrib import admin

from staff import answer, api_key, customer, debt, entry, participant, take

__all__ = ["answer", "api_key", "customer", "debt", "entry", "participant", "take"]

admin.site.site_header = admin.site.site_title = "Upclass Meet"
admin.site.index_title = "Staff"
admin.site.site_url = "/docs/"
