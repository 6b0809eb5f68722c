from django.urls import path

from educounsel.appointments import desk, line, moving, views

app_name = "appointments"
urlpatterns = [
    path("student/appointments", views.mine, name="list"),
    path("student/appointments/create", views.create, name="create"),
    path("student/appointments/store", views.store, name="store"),
    path("student/appointments/<int:pk>", views.detail, name="detail"),
    path("student/appointments/<int:pk>/cancellation", views.cancel, name="cancel"),
    path("student/appointments/<int:pk>/move", moving.ask_to_move, name="ask_to_move"),
    path("student/appointments/<int:pk>/move/acceptance", moving.accept, name="accept_move"),
    path("student/appointments/waiting/<int:pk>", line.stand, name="stand_in_line"),
    path("student/appointments/waiting/<int:pk>/leaving", line.leave, name="leave_line"),
    path("student/appointments/offers/<int:pk>", line.offer, name="offer"),
    path("student/appointments/offers/<int:pk>/acceptance", line.accept, name="accept_offer"),
    path("student/appointments/offers/<int:pk>/refusal", line.refuse, name="refuse_offer"),
    path("guru/appointments", desk.desk, name="desk"),
    path("guru/appointments/<int:pk>", desk.detail, name="guru_detail"),
    path("guru/appointments/<int:pk>/confirmation", desk.confirm, name="confirm"),
    path("guru/appointments/<int:pk>/refusal", desk.decline, name="decline"),
    path("guru/appointments/<int:pk>/cancellation", desk.cancel, name="guru_cancel"),
    path("guru/appointments/<int:pk>/completion", desk.complete, name="complete"),
    path("guru/appointments/<int:pk>/move", moving.move, name="move"),
    path("guru/availability", desk.availability, name="availability"),
    path("guru/availability/<int:pk>/removal", desk.close_hours, name="close_hours"),
]
