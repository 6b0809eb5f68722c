import re
from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

ADMINS_KEEP = {"accounts", "schools"}
NISN = re.compile(r"[0-9]{10}")


class Role(models.TextChoices):
    STUDENT = "student", "Siswa"
    GURU_BK = "guru_bk", "Guru BK"
    HEAD = "kepala", "Kepala sekolah"
    ADMIN = "admin", "Admin sekolah"


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def students(self) -> "UserQuerySet":
        return self.filter(role=Role.STUDENT)

    def counsellors(self) -> "UserQuerySet":
        return self.filter(role=Role.GURU_BK)

    def of_school(self, school_id: int) -> "UserQuerySet":
        return self.filter(school_id=school_id)

    def pks_in_pages(self, size: int = 2000) -> Iterator[int]:
        """Every primary key in order. Memory stays flat, and nothing is held open in between."""
        last = 0
        pks = self.order_by("pk").values_list("pk", flat=True)
        while page := list(pks.filter(pk__gt=last)[:size]):
            yield from page
            last = page[-1]

    def known_as(self, login: str) -> "UserQuerySet":
        """Everybody this NISN, NIS, NIP or e-mail may mean: a NIS is unique in its school only."""
        if "@" in login:
            return self.filter(email__iexact=login)
        return self.filter(models.Q(nisn=login) | models.Q(nis__iexact=login) | models.Q(nip=login))

    def create_user(self, password: str, **fields: Any) -> "User":
        user = self.model(**fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person of one school. Students come in by NISN, NIS or e-mail; staff by e-mail or NIP.

    NISN (10 digits, national) and NIP (18 digits) are opaque texts that may start with 0.
    """

    school = models.ForeignKey(
        "schools.School", models.PROTECT, related_name="people", verbose_name="sekolah"
    )
    role = models.CharField("peran", max_length=10, choices=Role)
    name = models.CharField("nama", max_length=120)
    nisn = models.CharField("NISN", max_length=10, unique=True, null=True, blank=True)
    nis = models.CharField("NIS", max_length=20, null=True, blank=True)
    nip = models.CharField("NIP", max_length=18, unique=True, null=True, blank=True)
    email = models.EmailField("e-mail", unique=True, null=True, blank=True)
    is_active = models.BooleanField("aktif", default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    # Given by `manage.py keeper` alone, to an admin: jobs are of all schools on this server.
    keeps_server = models.BooleanField(default=False, db_default=False, editable=False)
    # Somebody else knows the password: it opens nothing but the page on which another is chosen.
    must_choose_password = models.BooleanField(default=False, db_default=False, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserQuerySet.as_manager()

    class Meta:
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["school", "role"])]
        constraints = [
            models.UniqueConstraint(fields=["school", "nis"], name="nis_once_a_school"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self._tidy()  # before a form asks whether somebody has this e-mail already
        if self.nisn and not NISN.fullmatch(self.nisn):
            raise ValidationError({"nisn": "NISN terdiri dari 10 angka."})
        if self.nis and "@" in self.nis:
            raise ValidationError({"nis": "NIS tanpa @: isi e-mail di tempatnya."})
        if not (self.nisn or self.nis or self.nip or self.email):
            raise ValidationError("Isi NISN, NIS, NIP, atau e-mail: dengan itu orang ini masuk.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._tidy()
        super().save(*args, **kwargs)

    def _tidy(self) -> None:
        # An empty text would collide with the next empty one; NULL never does.
        self.nisn, self.nis, self.nip = self.nisn or None, self.nis or None, self.nip or None
        self.email = self.email.lower() if self.email else None

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def is_student(self) -> bool:
        return self.role == Role.STUDENT

    @property
    def is_guru_bk(self) -> bool:
        return self.role == Role.GURU_BK

    @property
    def is_head(self) -> bool:
        return self.role == Role.HEAD

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin opens; what it then shows is scoped by school there."""
        return self.is_active and self.role == Role.ADMIN

    @property
    def home(self) -> str:
        """The name of the page this person starts from."""
        return {
            Role.STUDENT: "dashboard:student",
            Role.GURU_BK: "dashboard:guru",
            Role.HEAD: "companion:oversight",
            Role.ADMIN: "admin:index",
        }[Role(self.role)]

    def has_module_perms(self, app_label: str) -> bool:
        """An admin keeps the roster. Chats, cases, appointments and jobs are not theirs to see."""
        return self.is_staff and app_label in ADMINS_KEEP

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return self.has_module_perms(perm.partition(".")[0])

    def has_perms(self, perms: list[str], obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)


class AccountChange(models.Model):
    """What an admin did to an account with which cases, or the chats of its student, can be read.

    Admins read none themselves; so that nobody quietly uses or lends an account, each such act is
    written here once and told (companion/access_changes.py).
    """

    class What(models.TextChoices):
        BECAME = "menjadi", "Menjadi Guru BK"
        LEFT = "berhenti", "Tidak lagi Guru BK"
        PASSWORD = "sandi", "Kata sandi baru dibuat"
        OF_STUDENT = "siswa", "Kata sandi baru untuk siswa dibuat"

    person = models.ForeignKey(User, models.PROTECT, related_name="account_changes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.person}"
