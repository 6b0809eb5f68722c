from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from educounsel.accounts.access import Request, for_students


@require_safe
def help_page(request: HttpRequest) -> HttpResponseBase:
    """No sign-in stands before help: who was signed out finds the numbers for everybody."""
    if request.user.is_authenticated:
        return _of_own_school(request)
    return redirect(f"{reverse('web:home')}#bantuan")


@for_students
def _of_own_school(request: Request) -> HttpResponseBase:
    return render(request, "schools/help.html")
