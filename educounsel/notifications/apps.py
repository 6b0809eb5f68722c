from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    name = "educounsel.notifications"
    verbose_name = "Notifikasi"

    def ready(self) -> None:
        from educounsel.notifications import signals  # noqa: F401, PLC0415 (needs the models)

        autodiscover_modules("notices")  # so that every process knows every kind
