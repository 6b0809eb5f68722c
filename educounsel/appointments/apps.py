from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "educounsel.appointments"
    verbose_name = "Janji"
