from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "educounsel.dashboard"
    verbose_name = "Beranda"
