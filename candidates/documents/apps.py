from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "candidates.documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from alliance.vault import rotation  # noqa: PLC0415
        from candidates.documents import actions, storage  # noqa: F401, PLC0415 - has a check

        rotation.also("documents", actions.seal_again)
