from django.apps import AppConfig


class SensitiveConfig(AppConfig):
    name = "candidates.sensitive"
    verbose_name = "Sensitive"

    def ready(self) -> None:
        from alliance.vault import rotation  # noqa: PLC0415
        from candidates.sensitive import actions  # noqa: PLC0415

        rotation.also("sensitive_demographics.name_and_year", actions.index_again)
