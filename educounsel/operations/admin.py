"""Failed jobs, for who keeps the server: which, when and why, and nothing of what they were about.

They are of every school on this server, so no school's admin sees them for being its admin.
"""

from datetime import datetime
from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_ox.actions import discard_many, retry_many

from educounsel.accounts.models import User
from educounsel.operations.models import FailedJob


@admin.register(FailedJob)
class FailedJobAdmin(admin.ModelAdmin):
    list_display = ["work", "ending", "tries", "error", "ended_at"]
    list_display_links = None
    actions = ["run_again", "lay_down"]
    list_per_page = 50

    @admin.display(description="pekerjaan", ordering="task_path")
    def work(self, job: FailedJob) -> str:
        return job.task_path.removeprefix("educounsel.")

    @admin.display(description="akhirnya", ordering="status")
    def ending(self, job: FailedJob) -> str:
        return "Gagal" if job.status == job.Status.FAILED else "Pekerjanya hilang"

    @admin.display(description="percobaan", ordering="attempts")
    def tries(self, job: FailedJob) -> int:
        return job.attempts

    @admin.display(description="kesalahan")
    def error(self, job: FailedJob) -> str:
        return str(job.errors[-1]["exception_class_path"]) if job.errors else ""

    @admin.display(description="berakhir", ordering="finished_at")
    def ended_at(self, job: FailedJob) -> datetime | None:
        return job.finished_at

    @admin.action(description="Jalankan lagi")
    def run_again(self, request: HttpRequest, queryset: QuerySet[FailedJob]) -> None:
        again, _ = retry_many(list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{again} pekerjaan dijalankan lagi.", messages.SUCCESS)

    @admin.action(description="Tutup, tidak perlu dijalankan lagi")
    def lay_down(self, request: HttpRequest, queryset: QuerySet[FailedJob]) -> None:
        closed, _ = discard_many(list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{closed} pekerjaan ditutup.", messages.SUCCESS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return cast(User, request.user).keeps_server  # the admin site lets admins alone in

    def has_view_permission(self, request: HttpRequest, obj: FailedJob | None = None) -> bool:
        """The list only: a page of one would show what the job was given."""
        return obj is None and self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FailedJob | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FailedJob | None = None) -> bool:
        return False
