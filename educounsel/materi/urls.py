from django.urls import path

from educounsel.materi import views

app_name = "materi"
urlpatterns = [
    path("student/materi", views.materi_list, name="list"),
    path("student/materi/<int:pk>", views.detail, name="detail"),
    path("student/materi/<int:pk>/file", views.file, name="file"),
    path("materi/<int:pk>/thumbnail", views.thumbnail, name="thumbnail"),
    path("guru/materi", views.desk, name="desk"),
    path("guru/materi/new", views.new, name="new"),
    path("guru/materi/preview", views.draft_preview, name="draft_preview"),
    path("guru/materi/<int:pk>", views.edit, name="edit"),
    path("guru/materi/<int:pk>/preview", views.preview, name="preview"),
    path("guru/materi/<int:pk>/file", views.desk_file, name="desk_file"),
    path("guru/materi/<int:pk>/publication", views.publication, name="publication"),
    path("guru/materi/<int:pk>/archiving", views.archiving, name="archiving"),
    path("guru/materi/<int:pk>/withdrawal", views.withdrawal, name="withdrawal"),
]
