from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "alliance.records"
    verbose_name = "Records of people"

    def ready(self) -> None:
        from alliance.records import letters  # noqa: F401, PLC0415 - registers its writers
