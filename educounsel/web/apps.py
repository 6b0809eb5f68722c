from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "educounsel.web"
    verbose_name = "Kerangka"
