from django.urls import path

from educounsel.schools import views

app_name = "schools"
urlpatterns = [
    path("student/help", views.help_page, name="help"),
]
