from typing import Any

from django.apps import AppConfig

from alliance.frontdesk import tampering
from alliance.ui import careful


class FrontdeskConfig(AppConfig):
    name = "alliance.frontdesk"

    def __init__(self, *args: Any) -> None:
        """The first app of all: no form has been written yet."""
        careful.everywhere()
        tampering.everywhere()
        super().__init__(*args)

    def ready(self) -> None:
        from alliance import celery  # noqa: F401, PLC0415 - the queue that every process nudges
