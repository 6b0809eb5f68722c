"""What the AI costs the school, for its admin: sums by day, never a student, never a word."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion import budget
from educounsel.companion.models import Usage


@admin.register(Usage)
class UsageAdmin(admin.ModelAdmin):
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        school = cast(User, request.user).school
        today = timezone.localdate(timezone=school.zone)
        page = {
            **self.admin_site.each_context(request),
            "title": "Pemakaian AI bulan ini",
            "days": budget.days_of_month(school, today),
            "cost": budget.cost_of_month(school, today),
            "budget": settings.COMPANION_RUPIAH_A_MONTH,
        }
        return TemplateResponse(request, "companion/usage.html", page)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True  # the admin site lets nobody else in

    def has_view_permission(self, request: HttpRequest, obj: Usage | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Usage | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Usage | None = None) -> bool:
        return False
