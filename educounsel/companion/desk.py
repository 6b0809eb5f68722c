"""What a Guru BK does: sees who must be reached, takes it on, and closes it as a human."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_guru_bk
from educounsel.accounts.unsent import keeps_typed
from educounsel.companion import cases as care
from educounsel.companion import disclosure, drills
from educounsel.companion.forms import (
    ClosingForm,
    ContactForm,
    FormOfCase,
    OfferForm,
    OpeningForm,
)
from educounsel.companion.models import Case, CaseQuerySet, Message
from educounsel.schools.people import class_of

EVERYTHING_SHOWN = 200
CONCERNS_SHOWN = 50


@for_guru_bk
@require_safe
def cases(request: Request) -> HttpResponseBase:
    page = {
        "cases": _own(request).open().with_class(),
        "concerns": disclosure.concerns_for(request.user)[:CONCERNS_SHOWN],
    }
    template = "companion/cases.html#list" if request.htmx else "companion/cases.html"
    return render(request, template, page)


@for_guru_bk
@require_safe
def case(request: Request, pk: int) -> HttpResponseBase:
    return _case_page(request, get_object_or_404(_own(request), pk=pk))


@for_guru_bk
@require_POST
def claim(request: Request, pk: int) -> HttpResponseBase:
    case = get_object_or_404(_own(request), pk=pk)
    try:
        care.claim(case, request.user)
    except care.CaseRefused as refusal:
        return _refused(request, case, refusal)
    messages.success(request, "Anda mengambil kasus ini. Jangkau siswanya sekarang.")
    return redirect("companion:case", pk)


@for_guru_bk
@sensitive_post_parameters("note")
@keeps_typed(note="Apa yang terjadi")
@require_POST
def contact(request: Request, pk: int) -> HttpResponseBase:
    case = get_object_or_404(_own(request), pk=pk)
    form = ContactForm(request.POST, auto_id="contact_%s")
    return _carry_out(request, case, form, care.note_contact, "Kontak dengan siswa dicatat.")


@for_guru_bk
@require_POST
def offer(request: Request, pk: int) -> HttpResponseBase:
    case = get_object_or_404(_own(request), pk=pk)
    form = OfferForm(care.colleagues(case), request.POST)
    done = "Rekan Anda diberi tahu. Kasus tetap pada Anda sampai rekan itu mengambilnya."
    return _carry_out(request, case, form, care.offer, done)


@for_guru_bk
@sensitive_post_parameters("reason")
@keeps_typed(reason="Alasan")
@require_POST
def close(request: Request, pk: int) -> HttpResponseBase:
    case = get_object_or_404(_own(request), pk=pk)
    form = ClosingForm(request.POST, auto_id="closing_%s")
    return _carry_out(request, case, form, care.close, "Kasus ditutup.", to="companion:cases")


@for_guru_bk
@sensitive_post_parameters("reason")
@keeps_typed(reason="Alasan")
@require_http_methods(["GET", "HEAD", "POST"])
def everything(request: Request, pk: int) -> HttpResponseBase:
    """All that the student wrote there: after a reason, for an hour."""
    case = get_object_or_404(_own(request).filter(is_drill=False), pk=pk)
    form = OpeningForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _everything_page(request, case, form)
    if not form.is_valid():
        return _everything_page(request, case, form, status=422)
    try:
        disclosure.open_everything(case, request.user, **form.cleaned_data)
    except care.CaseRefused as refusal:
        messages.error(request, refusal.sentence)
        return _everything_page(request, case, form, status=409)
    return redirect("companion:everything", pk)


@for_guru_bk
@sensitive_post_parameters("reason")
@keeps_typed(reason="Alasan")
@require_http_methods(["GET", "HEAD", "POST"])
def concern(request: Request, pk: int) -> HttpResponseBase:
    """Category and time; the message itself after a reason."""
    of_mine = disclosure.concerns_for(request.user).select_related("conversation__student")
    message = get_object_or_404(of_mine, pk=pk)
    form = OpeningForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _concern_page(request, message, form)
    if not form.is_valid():
        return _concern_page(request, message, form, status=422)
    disclosure.open_concern(message, request.user, form.cleaned_data["reason"])
    return redirect("companion:concern", pk)


@for_guru_bk
@require_safe
def all_drills(request: Request) -> HttpResponseBase:
    school_id = request.user.school_id
    page = {
        "drills": drills.drills_of(school_id),
        "rehearsal": drills.rehearsal(school_id),
        "form": FormOfCase(),
    }
    return render(request, "companion/drills.html", page)


@for_guru_bk
@require_POST
def start_drill(request: Request) -> HttpResponseBase:
    form = FormOfCase(request.POST)
    form.full_clean()  # it takes any key
    try:
        case = drills.start(request.user, form.cleaned_data["key"])
    except care.CaseRefused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("companion:drills")
    messages.success(request, "Latihan dimulai. Yang bertugas diberi tahu seperti sungguhan.")
    return redirect("companion:case", case.pk)


def _own(request: Request) -> CaseQuerySet:
    own = Case.objects.of_school(request.user.school_id)
    return own.select_related("student", "claimed_by", "offered_to")


def _carry_out(
    request: Request,
    case: Case,
    form: Form,
    verb: Callable[..., None],
    done: str,
    *,
    to: str = "",
) -> HttpResponseBase:
    if not form.is_valid():
        return _case_page(request, case, form, status=422)
    try:
        verb(case, request.user, **form.cleaned_data)
    except care.CaseRefused as refusal:
        return _refused(request, case, refusal, form)
    messages.success(request, done)
    return redirect(to) if to else redirect("companion:case", case.pk)


def _refused(
    request: Request, case: Case, refusal: care.CaseRefused, form: Form | None = None
) -> HttpResponse:
    messages.error(request, refusal.sentence)
    return _case_page(request, case, form, status=409)


def _case_page(
    request: Request, case: Case, sent: Form | None = None, status: int = 200
) -> HttpResponse:
    """A look is written down, as a server writes its log: the student may know who has read. What
    an open page asks for by itself shows no message, and is no look of anybody."""
    may_read = care.may_read(case, request.user)
    if may_read and request.method != "HEAD" and not request.htmx:
        disclosure.note_reading(case, request.user)
    page = {
        "case": case,
        "class_group": class_of(case.student) if case.student else None,
        "may_read": may_read,
        "excerpt": disclosure.excerpt(case) if may_read else [],
        "entries": case.entries.select_related("by", "whom"),
        "may_act": care.may_act(case, request.user),
        **_forms(case, sent),
    }
    template = "companion/case.html#state" if request.htmx else "companion/case.html"
    return render(request, template, page, status=status)


def _forms(case: Case, sent: Form | None) -> dict[str, Any]:
    """Empty ones, but for the one that was sent: what was typed stays in it."""
    forms = {
        "contact_form": ContactForm(auto_id="contact_%s"),
        "offer_form": OfferForm(care.colleagues(case)),
        "closing_form": ClosingForm(auto_id="closing_%s"),
    }
    return {name: sent if type(sent) is type(form) else form for name, form in forms.items()}


def _everything_page(
    request: Request, case: Case, form: OpeningForm, status: int = 200
) -> HttpResponse:
    is_open = disclosure.may_read_everything(case, request.user)
    said = disclosure.everything(case).order_by("-pk")[:EVERYTHING_SHOWN] if is_open else []
    page = {"case": case, "form": form, "is_open": is_open, "said": list(said)[::-1]}
    page["may_act"] = care.may_act(case, request.user)
    return render(request, "companion/everything.html", page, status=status)


def _concern_page(
    request: Request, message: Message, form: OpeningForm, status: int = 200
) -> HttpResponse:
    is_open = disclosure.has_opened(message, request.user)
    student = message.conversation.student
    page = {"message": message, "form": form, "is_open": is_open}
    if is_open:
        page |= {"student": student, "class_group": class_of(student)}
    return render(request, "companion/concern.html", page, status=status)
