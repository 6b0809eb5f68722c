from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "educounsel.operations"
    verbose_name = "Operasi"

    def ready(self) -> None:
        from educounsel.operations import job_lines  # noqa: F401, PLC0415 (needs the apps)
