from django.urls import path

from educounsel.companion import desk, oversight, share_pages, shelf, views

app_name = "companion"
urlpatterns = [
    path("student/ai-companion", views.chat, name="chat"),
    path("student/ai-companion/chat", views.send, name="send"),
    path("student/ai-companion/messages/<int:pk>", views.message, name="message"),
    path("student/ai-companion/messages/<int:pk>/before", views.earlier, name="earlier"),
    path("student/ai-companion/replies/<int:pk>/stop", views.stop, name="stop"),
    path("student/ai-companion/replies/<int:pk>/retry", views.retry, name="retry"),
    path("student/ai-companion/siapa-membuka", views.openings, name="openings"),
    path("student/ai-companion/conversations", shelf.all_of_mine, name="conversations"),
    path("student/ai-companion/conversations/search", shelf.search, name="search"),
    path("student/ai-companion/conversations/new", shelf.begin, name="begin"),
    path("student/ai-companion/conversations/<int:pk>", views.conversation, name="conversation"),
    path("student/ai-companion/conversations/<int:pk>/chat", views.send_in, name="send_in"),
    path("student/ai-companion/conversations/<int:pk>/title", shelf.rename, name="rename"),
    path("student/ai-companion/conversations/<int:pk>/removal", shelf.remove, name="remove"),
    path("student/ai-companion/conversations/<int:pk>/percakapan.txt", shelf.text, name="text"),
    path("student/ai-companion/conversations/<int:pk>/percakapan.pdf", shelf.pdf, name="pdf"),
    path("student/ai-companion/conversations/<int:pk>/bagikan", share_pages.pick, name="pick"),
    path(
        "student/ai-companion/conversations/<int:pk>/bagikan/baris", share_pages.lines, name="lines"
    ),
    path(
        "student/ai-companion/conversations/<int:pk>/bagikan/pratinjau",
        share_pages.preview,
        name="preview",
    ),
    path(
        "student/ai-companion/conversations/<int:pk>/bagikan/kirim",
        share_pages.send,
        name="send_share",
    ),
    path("student/ai-companion/shares", share_pages.mine, name="shares"),
    path("student/ai-companion/shares/<int:pk>", share_pages.share, name="share"),
    path("student/ai-companion/shares/<int:pk>/withdrawal", share_pages.withdraw, name="withdraw"),
    path("guru/shares", share_pages.received, name="received"),
    path("guru/shares/<int:pk>", share_pages.received_share, name="received_share"),
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
    path("kepala/crisis", oversight.oversight, name="oversight"),
    path("siapa-membuka-kasus", oversight.access, name="access"),
]
