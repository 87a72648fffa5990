from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "alliance.accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from alliance.accounts import (  # noqa: PLC0415 - they register themselves
            letters,  # noqa: F401
            receivers,  # noqa: F401
            seeds,
        )
        from alliance.vault import rotation  # noqa: PLC0415

        rotation.also("authenticators", seeds.seal_again)
        rotation.also("sign-in providers", seeds.seal_secrets_again)
