from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_everyone_signed_in, for_guru_bk, for_students
from educounsel.accounts.unsent import keeps_typed
from educounsel.materi import publishing, reading, retrieval
from educounsel.materi.forms import MateriForm
from educounsel.materi.models import Bidang, Materi, MateriQuerySet, Status
from educounsel.web.files import link_to

CARDS, DESK_ROWS = 12, 20
MOST_FOUND = 60
TYPED = {"title": "Judul", "summary": "Ringkasan", "body": "Isi"}
# A picture's address is remembered for less time than its link lives (FILE_LINK_SECONDS).
THUMBNAIL_SECONDS = 240


# --- A student reads ---------------------------------------------------------------------------


@for_students
@require_safe
def materi_list(request: Request) -> HttpResponseBase:
    question, bidang = _asked(request, "q"), _asked(request, "bidang")
    found = _answers(request, question) if question else _newest(request)
    chosen = found.filter(bidang=bidang) if bidang in Bidang.values else found
    page = Paginator(chosen, CARDS).get_page(request.GET.get("page"))
    context = {"page": page, "q": question, "bidang": bidang, "every_bidang": Bidang}
    return render(request, f"materi/list.html{'#cards' if request.htmx else ''}", context)


def _asked(request: Request, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:100]


def _newest(request: Request) -> MateriQuerySet:
    return Materi.objects.readable_by(request.user).newest_first()


def _answers(request: Request, question: str) -> MateriQuerySet:
    """What answers, the best first; then what has the letters typed so far in its title."""
    readable = Materi.objects.readable_by(request.user)
    answers = retrieval.search(request.user, question, limit=MOST_FOUND)
    titled = readable.newest_first().filter(title__icontains=question)[:MOST_FOUND]
    ids = [passage.materi_id for passage in answers] + [materi.pk for materi in titled]
    return readable.in_order(list(dict.fromkeys(ids)))


@for_students
@require_safe
def detail(request: Request, pk: int) -> HttpResponseBase:
    return _reading(request, _readable(request, pk), "materi/detail.html")


def _readable(request: Request, pk: int) -> Materi:
    readable = Materi.objects.readable_by(request.user).select_related("author")
    return get_object_or_404(readable, pk=pk)


def _reading(request: Request, materi: Materi, template: str) -> HttpResponse:
    shows_pdf = bool(materi.pdf) and request.GET.get("tab") == "pdf"
    body = "" if shows_pdf else reading.as_html(materi.body)
    return render(request, template, {"materi": materi, "shows_pdf": shows_pdf, "body": body})


@for_students
@require_safe
def file(request: Request, pk: int) -> HttpResponseBase:
    return _to_pdf(request, _readable(request, pk))


def _to_pdf(request: Request, materi: Materi) -> HttpResponse:
    """`?unduh=1` saves it under a name that says what it is."""
    if not materi.pdf:
        raise Http404
    name = f"{slugify(materi.title)[:80] or 'materi'}.pdf" if "unduh" in request.GET else ""
    return redirect(link_to(str(materi.pdf), request.user.pk, save_as=name))


@for_everyone_signed_in
@require_safe
@cache_control(private=True, max_age=THUMBNAIL_SECONDS)
def thumbnail(request: Request, pk: int) -> HttpResponseBase:
    pictured = Materi.objects.visible_to(request.user).exclude(thumbnail="")
    materi = get_object_or_404(pictured, pk=pk)
    return redirect(link_to(str(materi.thumbnail), request.user.pk))


# --- A Guru BK writes --------------------------------------------------------------------------


@for_guru_bk
@require_safe
def desk(request: Request) -> HttpResponseBase:
    title, status = _asked(request, "q"), _asked(request, "status")
    found = Materi.objects.desk_of(request.user).filter(title__icontains=title)
    chosen = found.filter(status=status) if status in Status.values else found
    rows = chosen.select_related("author").order_by("-updated_at", "-pk")
    page = Paginator(rows, DESK_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "q": title, "status": status, "every_status": Status}
    return render(request, f"materi/desk.html{'#rows' if request.htmx else ''}", context)


@for_guru_bk
@keeps_typed(**TYPED)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponseBase:
    return _write(request, _begun(request))


def _begun(request: Request) -> Materi:
    """A new one; where its form is sent again, the one that the form has made."""
    key = _key_of(request)
    made = Materi.objects.filter(author=request.user, key=key).first()
    return made or Materi(school_id=request.user.school_id, author=request.user, key=key)


def _key_of(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


@for_guru_bk
@keeps_typed(**TYPED)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponseBase:
    return _write(request, _on_desk(request, pk))


def _on_desk(request: Request, pk: int) -> Materi:
    return get_object_or_404(Materi.objects.desk_of(request.user).select_related("author"), pk=pk)


def _write(request: Request, materi: Materi) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = MateriForm(data, request.FILES or None, instance=materi)
    if not form.is_valid():
        return _edit_page(request, form, 422 if form.is_bound else 200)
    try:
        materi = form.keep()
    except publishing.NotStored as refusal:
        form.add_error(None, refusal.sentence)
        return _edit_page(request, form, 503)
    if "publish" in request.POST:
        publishing.publish(materi)
    messages.success(request, _kept(materi))
    return redirect("materi:edit", materi.pk)


def _edit_page(request: Request, form: MateriForm, status: int) -> HttpResponse:
    page = {"form": form, "materi": form.instance}
    return render(request, "materi/edit.html", page, status=status)


def _kept(materi: Materi) -> str:
    if materi.status == Status.ACTIVE:
        return "Tersimpan dan bisa dibaca siswa."
    return "Tersimpan. Siswa belum bisa membacanya."


@for_guru_bk
@require_safe
def preview(request: Request, pk: int) -> HttpResponseBase:
    return _reading(request, _on_desk(request, pk), "materi/preview.html")


@for_guru_bk
@require_POST
def draft_preview(request: Request) -> HttpResponseBase:
    """What is typed and not yet saved, as a student will read it."""
    title = request.POST.get("title", "").strip() or "Tanpa judul"
    context = {"title": title, "body": reading.as_html(request.POST.get("body", ""))}
    template = f"materi/draft_preview.html{'#text' if request.htmx else ''}"
    return render(request, template, context)


@for_guru_bk
@require_safe
def desk_file(request: Request, pk: int) -> HttpResponseBase:
    return _to_pdf(request, _on_desk(request, pk))


@for_guru_bk
@require_POST
def publication(request: Request, pk: int) -> HttpResponseBase:
    return _move(request, pk, publishing.publish, "Terbit. Siswa yang dituju diberi tahu.")


@for_guru_bk
@require_POST
def archiving(request: Request, pk: int) -> HttpResponseBase:
    return _move(request, pk, publishing.archive, "Diarsipkan. Siswa tidak melihatnya lagi.")


@for_guru_bk
@require_POST
def withdrawal(request: Request, pk: int) -> HttpResponseBase:
    return _move(request, pk, publishing.withdraw, "Menjadi draf. Siswa tidak melihatnya lagi.")


def _move(request: Request, pk: int, verb: publishing.Verb, sentence: str) -> HttpResponse:
    materi = _on_desk(request, pk)
    if verb(materi):
        messages.success(request, sentence)
    return redirect("materi:edit", materi.pk)
