from django.urls import path

from educounsel.companion import desk, views

app_name = "companion"
urlpatterns = [
    path("student/ai-companion", views.chat, name="chat"),
    path("student/ai-companion/chat", views.send, name="send"),
    path("student/ai-companion/messages/<int:pk>", views.message, name="message"),
    path("student/ai-companion/replies/<int:pk>/stop", views.stop, name="stop"),
    path("student/ai-companion/replies/<int:pk>/retry", views.retry, name="retry"),
    path("student/ai-companion/siapa-membuka", views.openings, name="openings"),
    path("guru/crisis", desk.cases, name="cases"),
    path("guru/crisis/<int:pk>", desk.case, name="case"),
    path("guru/crisis/<int:pk>/claim", desk.claim, name="claim"),
    path("guru/crisis/<int:pk>/contact", desk.contact, name="contact"),
    path("guru/crisis/<int:pk>/offer", desk.offer, name="offer"),
    path("guru/crisis/<int:pk>/closing", desk.close, name="close"),
    path("guru/crisis/<int:pk>/everything", desk.everything, name="everything"),
    path("guru/crisis/concerns/<int:pk>", desk.concern, name="concern"),
    path("guru/crisis/latihan", desk.all_drills, name="drills"),
    path("guru/crisis/latihan/start", desk.start_drill, name="start_drill"),
    path("kepala/crisis", desk.oversight, name="oversight"),
]
