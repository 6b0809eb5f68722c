from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    name = "educounsel.announcements"
    verbose_name = "Pengumuman"
