"""Every address of EduCounsel, by flow. Each app's urls.py is its table of contents."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("educounsel.web.urls")),
    path("", include("educounsel.accounts.urls")),
    path("", include("educounsel.schools.urls")),
    path("", include("educounsel.dashboard.urls")),
    path("", include("educounsel.materi.urls")),
    path("", include("educounsel.announcements.urls")),
    path("", include("educounsel.companion.urls")),
    path("", include("educounsel.appointments.urls")),
    path("", include("educounsel.notifications.urls")),
    path("", include("educounsel.realtime.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "educounsel.accounts.unsent.server_error"
