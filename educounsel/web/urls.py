from django.urls import path

from educounsel.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("offline", views.offline, name="offline"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("sw.js", views.service_worker, name="service_worker"),
]
