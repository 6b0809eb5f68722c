from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_everyone_signed_in
from educounsel.accounts.forms import ChangePasswordForm, OwnPasswordForm, SignInForm
from educounsel.accounts.models import User
from educounsel.accounts.sign_in import SignInRefused, TooManyFailures, sign_in
from educounsel.accounts.unsent import Unsent, offer_again


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponseBase:
    if isinstance(request.user, User):
        return _onward(request, request.user)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _login_page(request, form)
    if not form.is_valid():
        return _login_page(request, form, status=422)
    try:
        user = sign_in(request, **form.cleaned_data)
    except TooManyFailures as refusal:
        return _please_wait(request, form, refusal)
    except SignInRefused as refusal:
        form.add_error(None, refusal.sentence)
        return _login_page(request, form, status=422)
    return _onward(request, user)


def _onward(request: HttpRequest, user: User) -> HttpResponseBase:
    """To where the person wanted to go; first, what they typed when they were signed out."""
    if user.must_choose_password:
        return _password_page(request, OwnPasswordForm(user))
    if unsent := Unsent.of(request):
        return offer_again(request, unsent)
    return redirect(_next_page(request, user))


def _login_page(
    request: HttpRequest, form: SignInForm, status: int = 200, wait: int = 0
) -> HttpResponse:
    page = {"form": form, "next": _asked_for(request), "wait": wait, "unsent": Unsent.of(request)}
    return render(request, "accounts/login.html", page, status=status)


def _please_wait(request: HttpRequest, form: SignInForm, refusal: TooManyFailures) -> HttpResponse:
    form.add_error(None, refusal.sentence)
    response = _login_page(request, form, status=429, wait=refusal.seconds)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _asked_for(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")


def _next_page(request: HttpRequest, user: User) -> str:
    """Where the person wanted to go, if that is on this site; their own first page otherwise."""
    asked = _asked_for(request)
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe else resolve_url(user.home)


@require_POST
def logout(request: HttpRequest) -> HttpResponseBase:
    end_session(request)
    return redirect("web:home")


@for_everyone_signed_in
@require_safe
def account(request: Request) -> HttpResponseBase:
    return render(request, "accounts/account.html")


@for_everyone_signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponseBase:
    is_first = request.user.must_choose_password
    kind = OwnPasswordForm if is_first else ChangePasswordForm
    form = kind(request.user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _password_page(request, form, status=422 if form.is_bound else 200)
    request.user.must_choose_password = False
    update_session_auth_hash(request, form.save())
    messages.success(request, "Kata sandimu sudah diganti. Perangkat lain sudah keluar.")
    return _onward(request, request.user) if is_first else redirect("accounts:account")


def _password_page(
    request: HttpRequest, form: "SetPasswordForm[User]", status: int = 200
) -> HttpResponse:
    """Where an own one is to be chosen first, what was wanted or typed comes along."""
    page = {"form": form, "next": _asked_for(request), "unsent": Unsent.of(request)}
    return render(request, "accounts/password.html", page, status=status)
