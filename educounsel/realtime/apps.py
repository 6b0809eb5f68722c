from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "educounsel.realtime"

    def ready(self) -> None:
        from educounsel.realtime import signals  # noqa: F401, PLC0415  models must be loaded first
