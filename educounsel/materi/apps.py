from django.apps import AppConfig


class MateriConfig(AppConfig):
    name = "educounsel.materi"
    verbose_name = "Materi"
