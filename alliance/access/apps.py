from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "alliance.access"

    def ready(self) -> None:
        from alliance.access import checks  # noqa: F401, PLC0415 - registers itself
