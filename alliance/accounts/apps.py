from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "alliance.accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from alliance.accounts import letters  # noqa: F401, PLC0415 - registers our letters
