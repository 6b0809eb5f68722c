from django.urls import path

from educounsel.realtime import views

app_name = "realtime"
urlpatterns = [
    path("realtime/auth", views.authorise, name="authorise"),
    path("realtime/user", views.sign_in, name="sign_in"),
]
