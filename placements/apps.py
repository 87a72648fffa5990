from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "placements"

    def ready(self) -> None:
        from placements import letters, receivers  # noqa: F401, PLC0415 - registers both
