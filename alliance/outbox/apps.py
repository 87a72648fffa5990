from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "alliance.outbox"
    verbose_name = "Outbox"
