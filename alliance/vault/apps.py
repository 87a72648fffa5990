from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from alliance.lib.sealing import Unfit
from alliance.vault import keyring


class VaultConfig(AppConfig):
    name = "alliance.vault"

    def ready(self) -> None:
        """Nothing starts with keys that cannot be used."""
        try:
            keyring.keys()
            keyring.index()
        except Unfit as trouble:
            raise ImproperlyConfigured(f"SEALING_KEYS, BLIND_INDEX_KEY: {trouble}") from trouble
