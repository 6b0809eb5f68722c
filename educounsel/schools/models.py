import re
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class TimeZone(models.TextChoices):
    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class Weekday(models.IntegerChoices):
    """Numbered as Python's date.weekday() does."""

    MONDAY = 0, "Senin"
    TUESDAY = 1, "Selasa"
    WEDNESDAY = 2, "Rabu"
    THURSDAY = 3, "Kamis"
    FRIDAY = 4, "Jumat"
    SATURDAY = 5, "Sabtu"
    SUNDAY = 6, "Minggu"


class School(models.Model):
    name = models.CharField("nama", max_length=120)
    slug = models.SlugField(unique=True)
    timezone = models.CharField("zona waktu", max_length=20, choices=TimeZone, default=TimeZone.WIB)
    address = models.CharField("alamat", max_length=200, blank=True)
    phone = models.CharField("telepon", max_length=30, blank=True)

    class Meta:
        verbose_name = "sekolah"
        verbose_name_plural = "sekolah"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class SchoolYear(models.Model):
    """Tahun ajaran, July to June, written 2026/2027."""

    school = models.ForeignKey(School, models.CASCADE, related_name="years")
    name = models.CharField("tahun ajaran", max_length=9)
    starts_on = models.DateField("mulai")
    ends_on = models.DateField("selesai")
    is_current = models.BooleanField("sedang berjalan", default=False)

    class Meta:
        verbose_name = "tahun ajaran"
        verbose_name_plural = "tahun ajaran"
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="year_once_a_school"),
            models.UniqueConstraint(
                fields=["school"],
                condition=models.Q(is_current=True),
                name="one_current_year_a_school",
                violation_error_message="Tahun ajaran lain masih sedang berjalan. Hapus dulu"
                " centangnya di sana, lalu simpan lagi yang ini.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


# From the first of SMP to the fourth of those SMK that have one.
GRADES = [
    MinValueValidator(7, "Tingkat paling rendah 7."),
    MaxValueValidator(13, "Tingkat paling tinggi 13."),
]


class ClassGroupQuerySet(models.QuerySet["ClassGroup"]):
    def current(self) -> "ClassGroupQuerySet":
        return self.filter(year__is_current=True)

    def of_school(self, school_id: int) -> "ClassGroupQuerySet":
        return self.filter(year__school_id=school_id)


class ClassGroup(models.Model):
    """Kelas or rombel: the students who sit together for one school year."""

    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="class_groups")
    name = models.CharField("kelas", max_length=30)
    grade = models.PositiveSmallIntegerField("tingkat", validators=GRADES)
    # Who of the Guru BK cares for this class: 150 students or five classes each, by the norm.
    counsellors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="class_groups", blank=True, verbose_name="Guru BK"
    )

    objects = ClassGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "kelas"
        verbose_name_plural = "kelas"
        ordering = ["grade", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "name"],
                name="class_once_a_year",
                violation_error_message="Kelas dengan nama ini sudah ada di tahun ajaran itu.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A student sits in one class a school year."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments", verbose_name="siswa"
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="enrolments")
    class_group = models.ForeignKey(
        ClassGroup, models.CASCADE, related_name="enrolments", verbose_name="kelas"
    )

    class Meta:
        verbose_name = "siswa di kelas"
        verbose_name_plural = "siswa di kelas"
        constraints = [
            models.UniqueConstraint(fields=["student", "year"], name="one_class_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.student} · {self.class_group}"

    def clean(self) -> None:
        if self.class_group_id and self.class_group.year_id != self.year_id:
            raise ValidationError({"class_group": "Kelas ini bukan dari tahun ajaran itu."})


class CounsellorDesk(models.Model):
    """Where a Guru BK is found: what a student needs to walk in or call."""

    counsellor = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk", verbose_name="Guru BK"
    )
    room = models.CharField("ruang", max_length=60)
    phone = models.CharField("telepon", max_length=30, blank=True)

    class Meta:
        verbose_name = "meja Guru BK"
        verbose_name_plural = "meja Guru BK"

    def __str__(self) -> str:
        return f"{self.counsellor} · {self.room}"


class HelpContact(models.Model):
    """A number on the crisis card. The school edits them; each says who checked it, and when."""

    school = models.ForeignKey(School, models.CASCADE, related_name="help_contacts")
    name = models.CharField("layanan", max_length=60)
    number = models.CharField("nomor", max_length=30)
    dial = models.CharField("yang ditekan", max_length=30, help_text="Tanpa spasi, mis. 119")
    is_whatsapp = models.BooleanField(
        "lewat WhatsApp",
        default=False,
        db_default=False,
        help_text="Tombolnya membuka percakapan, bukan telepon.",
    )
    note = models.CharField("keterangan", max_length=120, blank=True)
    source = models.CharField("sumber", max_length=120)
    checked_on = models.DateField("dicek pada", null=True, blank=True)
    is_shown = models.BooleanField("ditampilkan", default=False)
    position = models.PositiveSmallIntegerField("urutan", default=0)

    class Meta:
        verbose_name = "nomor bantuan"
        verbose_name_plural = "nomor bantuan"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def link(self) -> str:
        """Where one tap leads. WhatsApp wants the whole number: 62 in place of the leading 0."""
        if self.is_whatsapp:
            return f"https://wa.me/{re.sub(r'^0', '62', self.dial.removeprefix('+'))}"
        return f"tel:{self.dial}"


class SchoolDay(models.Model):
    """When the school is open on this day of the week, and which Guru BK is on duty then."""

    school = models.ForeignKey(School, models.CASCADE, related_name="days")
    weekday = models.PositiveSmallIntegerField("hari", choices=Weekday)
    opens_at = models.TimeField("buka")
    closes_at = models.TimeField("tutup")
    on_duty = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Guru BK piket",
        help_text="Kosong: Guru BK kelas siswa itu.",
    )

    class Meta:
        verbose_name = "hari sekolah"
        verbose_name_plural = "hari sekolah"
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(fields=["school", "weekday"], name="day_once_a_school"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="school_closes_after_it_opens",
                violation_error_message="Jam tutup harus sesudah jam buka.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_weekday_display()


class Holiday(models.Model):
    """Days on which the school is closed, the first and the last among them."""

    school = models.ForeignKey(School, models.CASCADE, related_name="holidays")
    name = models.CharField("nama", max_length=80, help_text="Siswa membacanya di kartu bantuan.")
    starts_on = models.DateField("hari pertama")
    ends_on = models.DateField("hari terakhir", help_text="Sama dengan hari pertama bila sehari.")

    class Meta:
        verbose_name = "hari libur"
        verbose_name_plural = "hari libur"
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="holiday_ends_after_it_starts",
                violation_error_message="Hari terakhir tidak boleh sebelum hari pertama.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


MINUTES = [MinValueValidator(1), MaxValueValidator(24 * 60)]


class CrisisPlan(models.Model):
    """Who is told next when nobody has claimed a case, and after how many minutes."""

    school = models.OneToOneField(School, models.CASCADE, related_name="crisis_plan")
    second_after = models.PositiveSmallIntegerField(
        "Guru BK cadangan setelah (menit)", default=5, validators=MINUTES
    )
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="koordinator BK",
    )
    coordinator_after = models.PositiveSmallIntegerField(
        "koordinator setelah (menit)", default=15, validators=MINUTES
    )
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="kepala sekolah",
        help_text="Melihat apakah kasus sudah diambil; tidak melihat nama maupun kata-kata siswa.",
    )
    head_after = models.PositiveSmallIntegerField(
        "kepala sekolah setelah (menit)", default=30, validators=MINUTES
    )
    after_hours_duty = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Guru BK piket di luar jam sekolah",
        help_text="Kosong: Guru BK kelas siswa itu.",
    )
    rings_after_hours = models.BooleanField(
        "langkah berikutnya berjalan juga di luar jam sekolah",
        default=True,
        help_text="Bila tidak, Guru BK piket tetap langsung diberi tahu, dan menit untuk langkah"
        " berikutnya hanya dihitung selama jam sekolah.",
    )
    after_hours_text = models.CharField(
        "kalimat untuk siswa di luar jam sekolah",
        max_length=300,
        default="Di luar jam sekolah, pesan ini mungkin baru dibaca saat sekolah buka lagi.",
    )

    class Meta:
        verbose_name = "rencana krisis"
        verbose_name_plural = "rencana krisis"

    def __str__(self) -> str:
        return f"Rencana krisis {self.school}"
