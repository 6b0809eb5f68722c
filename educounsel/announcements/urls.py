from django.urls import path

from educounsel.announcements import views

app_name = "announcements"
urlpatterns = [
    path("announcements", views.announcements, name="list"),
    path("announcements/<int:pk>", views.detail, name="detail"),
    path("announcements/new", views.new, name="new"),
    path("announcements/<int:pk>/withdrawal", views.withdraw, name="withdraw"),
]
