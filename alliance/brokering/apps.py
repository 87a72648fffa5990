from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class DeskSiteConfig(AdminConfig):
    """Django's admin, with our desk as its site."""

    default_site = "alliance.brokering.site.Desk"


class BrokeringConfig(AppConfig):
    name = "alliance.brokering"
    verbose_name = "The desk"

    def ready(self) -> None:
        from alliance.brokering import letters, receivers  # noqa: F401, PLC0415 - registers both
