from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django admin, with a way in of our own."""

    default_site = "staff.site.StaffSite"
