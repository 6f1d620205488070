"""Django admin's site: who may use it, and by which way in."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest

from staff.login import LoginForm, is_verified


class StaffSite(AdminSite):
    site_header = site_title = "Upclass Meet"
    index_title = "Staff"
    site_url = "/docs/"
    login_form = LoginForm
    login_template = "staff/login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff; where STAFF_OTP_REQUIRED is set, only those who gave a code of their second factor."""
        return super().has_permission(request) and (
            not settings.STAFF_OTP_REQUIRED or is_verified(request.user)
        )
