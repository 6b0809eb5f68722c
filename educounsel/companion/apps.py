from django.apps import AppConfig


class CompanionConfig(AppConfig):
    name = "educounsel.companion"
    verbose_name = "Sahabat"

    def ready(self) -> None:
        from educounsel.companion import access_changes  # noqa: F401, PLC0415  models come first
