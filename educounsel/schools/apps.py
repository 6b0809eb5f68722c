from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "educounsel.schools"
    verbose_name = "Sekolah"
