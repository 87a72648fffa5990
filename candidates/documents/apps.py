from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "candidates.documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from candidates.documents import storage  # noqa: F401, PLC0415 - registers its check
