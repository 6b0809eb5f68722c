from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from educounsel.accounts.access import Request, for_guru_bk, for_students
from educounsel.dashboard.overview import guru_overview, student_overview


@for_students
@require_safe
def student(request: Request) -> HttpResponseBase:
    template = "dashboard/student.html#overview" if request.htmx else "dashboard/student.html"
    return render(request, template, {"overview": student_overview(request.user)})


@for_guru_bk
@require_safe
def guru(request: Request) -> HttpResponseBase:
    template = "dashboard/guru.html#overview" if request.htmx else "dashboard/guru.html"
    return render(request, template, {"overview": guru_overview(request.user)})
