from django.urls import URLPattern

app_name = "materi"
urlpatterns: list[URLPattern] = []
