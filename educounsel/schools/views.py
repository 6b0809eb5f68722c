from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from educounsel.accounts.access import Request, for_students


@for_students
@require_safe
def help_page(request: Request) -> HttpResponseBase:
    return render(request, "schools/help.html")
