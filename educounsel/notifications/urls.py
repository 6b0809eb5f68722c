from django.urls import path

from educounsel.notifications import views

app_name = "notifications"
urlpatterns = [
    path("student/notifications", views.student, name="student"),
    path("guru/notifications", views.guru, name="guru"),
    path("notifications/preferences", views.preferences, name="preferences"),
    path("notifications/push", views.push, name="push"),
    path("notifications/push/off", views.push_off, name="push_off"),
    path("notifications/whatsapp", views.whatsapp_agree, name="whatsapp"),
    path("notifications/whatsapp/off", views.whatsapp_off, name="whatsapp_off"),
    path("notifications/feed", views.feed, name="feed"),
    path("notifications/read", views.read_all, name="read_all"),
    path("notifications/<int:pk>/read", views.read, name="read"),
]
