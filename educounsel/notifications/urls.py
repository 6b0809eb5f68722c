from django.urls import path

from educounsel.notifications import views

app_name = "notifications"
urlpatterns = [
    path("student/notifications", views.student, name="student"),
    path("guru/notifications", views.guru, name="guru"),
    path("notifications/feed", views.feed, name="feed"),
    path("notifications/read", views.read_all, name="read_all"),
    path("notifications/<int:pk>/read", views.read, name="read"),
]
