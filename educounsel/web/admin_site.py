from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class SchoolAdminSite(AdminSite):
    """Django's admin for the school's own admin, behind EduCounsel's one login."""

    site_header = "EduCounsel"
    site_title = "Admin EduCounsel"
    index_title = "Admin sekolah"
    site_url = None

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Who is signed in and still sent here is no admin: for them there is nothing here."""
        if request.user.is_authenticated:
            raise Http404
        return redirect(reverse("accounts:login", query={"next": reverse("admin:index")}))
