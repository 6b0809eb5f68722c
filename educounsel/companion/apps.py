from django.apps import AppConfig


class CompanionConfig(AppConfig):
    name = "educounsel.companion"
    verbose_name = "Sahabat"
