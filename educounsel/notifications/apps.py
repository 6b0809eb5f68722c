from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "educounsel.notifications"
    verbose_name = "Notifikasi"
