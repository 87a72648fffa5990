from django.apps import AppConfig


class SensitiveConfig(AppConfig):
    name = "candidates.sensitive"
    verbose_name = "Sensitive"
