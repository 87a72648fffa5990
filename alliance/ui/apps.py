"""Who is this app?"""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The components every page is put together from; no models, no requests."""

    name = "alliance.ui"
    verbose_name = "Look and components"
