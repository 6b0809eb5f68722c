from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "educounsel.operations"
    verbose_name = "Operasi"
