from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "candidates.intake"
    verbose_name = "Intake"
