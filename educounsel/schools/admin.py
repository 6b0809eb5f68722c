"""The roster, for the admin of one school: every list, choice and form knows that school only."""

from base64 import urlsafe_b64encode
from typing import Any, cast
from uuid import uuid4

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet
from django.forms import (
    CheckboxInput,
    CheckboxSelectMultiple,
    HiddenInput,
    ModelChoiceField,
    ModelForm,
    ModelMultipleChoiceField,
    NumberInput,
    UUIDField,
)
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from educounsel.accounts.models import AccountChange, Role, User
from educounsel.schools.models import (
    ClassGroup,
    CounsellorDesk,
    CrisisPlan,
    Enrolment,
    HelpContact,
    Holiday,
    School,
    SchoolDay,
    SchoolYear,
)

What = AccountChange.What
# With a password of these the words of children can be read.
PASSWORD_OF = {Role.GURU_BK: What.PASSWORD, Role.STUDENT: What.OF_STUDENT}

# How each kind of row says which school it is of.
SCHOOL_OF: dict[type[Model], str] = {
    School: "pk",
    User: "school",
    SchoolYear: "school",
    ClassGroup: "year__school",
    Enrolment: "year__school",
    CounsellorDesk: "counsellor__school",
    HelpContact: "school",
    CrisisPlan: "school",
    SchoolDay: "school",
    Holiday: "school",
}


def _own(model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    admin_user = cast(User, request.user)  # the admin site lets nobody else in
    return model._default_manager.filter(**{SCHOOL_OF[model]: admin_user.school_id})


class OwnSchool(admin.options.BaseModelAdmin):
    """A row of another school does not exist here, neither in a list nor in a choice."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        own = _own(self.model, request)
        return super().get_queryset(request).filter(pk__in=own)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        kwargs["queryset"] = _choices(db_field, request)
        if db_field.related_model is School:
            kwargs |= {"empty_label": None, "initial": kwargs["queryset"].first()}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        kwargs["queryset"] = _choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


ROLE_IN_FIELD = {
    "student": Role.STUDENT,
    "counsellor": Role.GURU_BK,
    "counsellors": Role.GURU_BK,
    "coordinator": Role.GURU_BK,
    "on_duty": Role.GURU_BK,
    "after_hours_duty": Role.GURU_BK,
    "head": Role.HEAD,
}


def _choices(db_field: ForeignKey | ManyToManyField, request: HttpRequest) -> QuerySet[Any]:
    own = _own(db_field.related_model, request)
    role = ROLE_IN_FIELD.get(db_field.name)
    return own.filter(role=role) if role else own


class EnrolmentInline(OwnSchool, admin.StackedInline):
    model = Enrolment
    extra = 0


class UserForm(ModelForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self._leaves_no_admin(self.cleaned_data):
            raise ValidationError(
                "Ini admin terakhir sekolah. Jadikan orang lain admin dulu, lalu simpan lagi."
            )
        return cleaned

    def _leaves_no_admin(self, typed: dict[str, Any]) -> bool:
        admins = User.objects.active().filter(role=Role.ADMIN, school=self.instance.school_id)
        stays = typed.get("role") == Role.ADMIN and typed.get("is_active")
        was = admins.filter(pk=self.instance.pk).exists()
        return was and not stays and not admins.exclude(pk=self.instance.pk).exists()


class FormOfAction(ActionForm):
    """Sent twice, as by a double tap, it gives the same passwords."""

    key = UUIDField(label="", widget=HiddenInput, required=False, initial=uuid4)


@admin.register(User)
class UserAdmin(OwnSchool, admin.ModelAdmin):
    form = UserForm
    list_display = ["name", "role", "nisn", "nis", "email", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "nisn", "nis", "nip", "email"]
    fields = ["school", "name", "role", "nisn", "nis", "nip", "email", "is_active"]
    inlines = [EnrolmentInline]
    action_form = FormOfAction
    actions = ["give_new_password"]
    list_per_page = 50

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        before = User.objects.active().counsellors().filter(pk=obj.pk).exists()
        super().save_model(request, obj, form, change)
        now = obj.is_active and obj.is_guru_bk
        if now != before:
            self._note(request, obj, What.BECAME if now else What.LEFT)
        if not change:
            self._give_password(request, obj, _new_password(obj, str(uuid4())))

    @admin.action(description="Buat kata sandi baru")
    def give_new_password(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        key = request.POST.get("key") or str(uuid4())
        for chosen in queryset:
            with transaction.atomic():
                user = User.objects.select_for_update(no_key=True).get(pk=chosen.pk)
                password = _new_password(user, key)
                is_new = not user.must_choose_password or not user.check_password(password)
                self._give_password(request, user, password)
                if is_new and user.role in PASSWORD_OF:
                    self._note(request, user, PASSWORD_OF[Role(user.role)])

    def _give_password(self, request: HttpRequest, user: User, password: str) -> None:
        """Shown once, to be handed over on paper; the old one and its sessions end. The admin knows
        it too: it opens nothing until its person has chosen another."""
        user.set_password(password)
        user.must_choose_password = True
        user.save(update_fields=["password", "must_choose_password"])
        self.message_user(
            request, f"Kata sandi baru untuk {user.name}: {password}", messages.WARNING
        )

    def _note(self, request: HttpRequest, person: User, what: What) -> None:
        AccountChange.objects.create(person=person, by=cast(User, request.user), what=what)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A person leaves by being switched off: what they agreed stays with the school."""
        return False


def _new_password(user: User, key: str) -> str:
    """Twelve letters that nobody can guess, the same for the same key."""
    secret = salted_hmac("educounsel.new-password", f"{key}:{user.pk}", algorithm="sha256")
    return urlsafe_b64encode(secret.digest()[:9]).decode()


@admin.register(School)
class SchoolAdmin(OwnSchool, admin.ModelAdmin):
    list_display = ["name", "timezone", "phone"]
    fields = ["name", "timezone", "address", "phone"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: School | None = None) -> bool:
        return False


@admin.register(SchoolYear)
class SchoolYearAdmin(OwnSchool, admin.ModelAdmin):
    list_display = ["name", "starts_on", "ends_on", "is_current"]
    fields = ["school", "name", "starts_on", "ends_on", "is_current"]


@admin.register(ClassGroup)
class ClassGroupAdmin(OwnSchool, admin.ModelAdmin):
    list_display = ["name", "grade", "year"]
    list_filter = ["grade"]
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}


@admin.register(CounsellorDesk)
class CounsellorDeskAdmin(OwnSchool, admin.ModelAdmin):
    list_display = ["counsellor", "room", "phone"]


@admin.register(HelpContact)
class HelpContactAdmin(OwnSchool, admin.ModelAdmin):
    list_display = ["name", "number", "is_shown", "checked_on", "source", "position"]
    list_editable = ["is_shown", "position"]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ModelForm]:
        """In the list a box has a column's head and no label, so it says its name itself."""
        widgets = {
            "is_shown": CheckboxInput({"aria-label": "Ditampilkan"}),
            "position": NumberInput({"aria-label": "Urutan"}),
        }
        return super().get_changelist_form(request, **kwargs | {"widgets": widgets})


@admin.register(SchoolDay)
class SchoolDayAdmin(OwnSchool, admin.ModelAdmin):
    list_display = ["weekday", "opens_at", "closes_at", "on_duty"]
    fieldsets = [
        (
            None,
            {
                "fields": ["school", "weekday", "opens_at", "closes_at", "on_duty"],
                "description": "Jam menurut zona waktu sekolah.",
            },
        )
    ]


@admin.register(Holiday)
class HolidayAdmin(OwnSchool, admin.ModelAdmin):
    """From the first to the last the school is closed: no student can ask for a meeting, and the
    crisis plan goes by its after-hours part."""

    list_display = ["name", "starts_on", "ends_on"]
    fields = ["school", "name", "starts_on", "ends_on"]


@admin.register(CrisisPlan)
class CrisisPlanAdmin(OwnSchool, admin.ModelAdmin):
    """Made with the school, and kept: without it nobody would be told."""

    list_display = ["school", "coordinator", "head", "rings_after_hours"]
    fieldsets = [
        (
            "Bila belum ada yang mengambil kasus",
            {
                "fields": [
                    "second_after",
                    ("coordinator", "coordinator_after"),
                    ("head", "head_after"),
                ],
                "description": "Guru BK piket langsung diberi tahu. Yang berikutnya diberi tahu"
                " setelah sekian menit, dihitung sejak kasus dibuka.",
            },
        ),
        (
            "Di luar jam sekolah",
            {"fields": ["after_hours_duty", "rings_after_hours", "after_hours_text"]},
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CrisisPlan | None = None) -> bool:
        return False
