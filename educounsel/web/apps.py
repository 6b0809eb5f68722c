from django.apps import AppConfig
from django.contrib.admin import apps


class WebConfig(AppConfig):
    name = "educounsel.web"
    verbose_name = "Kerangka"


class AdminConfig(apps.AdminConfig):
    default = False  # of two in this file, WebConfig is the app's own
    default_site = "educounsel.web.admin_site.SchoolAdminSite"
