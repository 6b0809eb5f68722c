from django.urls import path

from educounsel.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("student/dashboard", views.student, name="student"),
    path("guru/dashboard", views.guru, name="guru"),
]
