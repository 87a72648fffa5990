from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "alliance.links"
    verbose_name = "Links"
