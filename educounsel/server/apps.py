from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "educounsel.server"
    verbose_name = "Peladen"
