"""What a Guru BK does: sees who must be reached, takes it on, and closes it as a human."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from educounsel.accounts.access import Request, for_guru_bk
from educounsel.companion import cases as care
from educounsel.companion.forms import ClosingForm
from educounsel.companion.models import Case, CaseQuerySet
from educounsel.schools.people import class_of


@for_guru_bk
@require_safe
def cases(request: Request) -> HttpResponseBase:
    return render(request, "companion/cases.html", {"cases": _own(request).open().with_class()})


@for_guru_bk
@require_safe
def case(request: Request, pk: int) -> HttpResponseBase:
    return _case_page(request, get_object_or_404(_own(request), pk=pk), ClosingForm())


@for_guru_bk
@require_POST
def claim(request: Request, pk: int) -> HttpResponseBase:
    case = get_object_or_404(_own(request), pk=pk)
    try:
        care.claim(case, request.user)
    except care.CaseRefused as refusal:
        messages.error(request, refusal.sentence)
        return _case_page(request, case, ClosingForm(), status=409)
    messages.success(request, "Anda mengambil kasus ini. Jangkau siswanya sekarang.")
    return redirect("companion:case", pk)


@for_guru_bk
@require_POST
def close(request: Request, pk: int) -> HttpResponseBase:
    case, form = get_object_or_404(_own(request), pk=pk), ClosingForm(request.POST)
    if not form.is_valid():
        return _case_page(request, case, form, status=422)
    try:
        care.close(case, request.user, **form.cleaned_data)
    except care.CaseRefused as refusal:
        messages.error(request, refusal.sentence)
        return _case_page(request, case, form, status=409)
    messages.success(request, "Kasus ditutup.")
    return redirect("companion:cases")


def _own(request: Request) -> CaseQuerySet:
    return Case.objects.of_school(request.user.school_id).select_related("student", "claimed_by")


def _case_page(request: Request, case: Case, form: ClosingForm, status: int = 200) -> HttpResponse:
    page = {
        "case": case,
        "class_group": class_of(case.student),
        "excerpt": care.excerpt(case),
        "entries": case.entries.select_related("by"),
        "form": form,
    }
    return render(request, "companion/case.html", page, status=status)
