from django.apps import AppConfig


class FrontdeskConfig(AppConfig):
    name = "alliance.frontdesk"

    def ready(self) -> None:
        from alliance import celery  # noqa: F401, PLC0415 - the queue that every process nudges
