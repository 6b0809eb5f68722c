"""What the school sees of its cases without reading any: who is on them, and who may be."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from educounsel.accounts.access import Request, for_heads, for_roles
from educounsel.accounts.models import Role
from educounsel.companion.access_changes import changes_in
from educounsel.companion.models import Case
from educounsel.schools.crisis_plan import counsellors_in

CHANGES_SHOWN = 100


@for_heads
@require_safe
def oversight(request: Request) -> HttpResponseBase:
    """Whether somebody is on it, and whom to call: nothing of the child, not even the class."""
    school_id = request.user.school_id
    page = {
        "cases": Case.objects.of_school(school_id).open().select_related("claimed_by"),
        "counsellors": counsellors_in(school_id).select_related("desk"),
    }
    template = "companion/oversight.html#list" if request.htmx else "companion/oversight.html"
    return render(request, template, page)


@for_roles(Role.GURU_BK, Role.HEAD)
@require_safe
def access(request: Request) -> HttpResponseBase:
    """Who may open cases, and what an admin has changed about that."""
    school_id = request.user.school_id
    page = {
        "counsellors": counsellors_in(school_id),
        "changes": changes_in(school_id)[:CHANGES_SHOWN],
    }
    return render(request, "companion/access.html", page)
