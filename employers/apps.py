from django.apps import AppConfig


class EmployersConfig(AppConfig):
    name = "employers"

    def ready(self) -> None:
        from employers import letters  # noqa: F401, PLC0415 - registers our letters
