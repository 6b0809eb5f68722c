from collections.abc import Callable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet

from educounsel.materi import publishing, uploads
from educounsel.materi.models import Bidang, Materi
from educounsel.materi.uploads import NO_PDF, Pdf, UploadRefused
from educounsel.schools.models import ClassGroup

MARKDOWN = (
    "Kosongkan satu baris untuk paragraf baru. <b>## Judul bagian</b>, <b>**tebal**</b>, "
    "<b>*miring*</b>, <b>- butir</b>, <b>&gt; kutipan</b>, <b>[kata](https://alamat)</b>."
)


class MateriForm(forms.ModelForm):
    """What a Guru BK writes. The files become what uploads.py makes of them: never as they came."""

    # Named here because the model's own field would begin with an empty choice.
    bidang = forms.ChoiceField(
        choices=Bidang.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih salah satu bidang."},
    )
    new_thumbnail = forms.FileField(
        label="Gambar kartu",
        required=False,
        allow_empty_file=True,
        help_text="PNG, JPEG, atau WebP, paling besar 2 MB. Yang tampil bagian tengahnya, tegak.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    new_pdf = forms.FileField(
        label="Berkas PDF",
        required=False,
        allow_empty_file=True,
        help_text="Paling besar 10 MB. Siswa membacanya langsung di halaman materi.",
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )
    without_pdf = forms.BooleanField(label="Hapus PDF yang sekarang", required=False)

    class Meta:
        model = Materi
        fields = ["title", "bidang", "summary", "body", "class_groups"]
        labels = {"class_groups": "Untuk kelas"}
        help_texts = {
            "summary": "Satu atau dua kalimat; tampil di atas teks.",
            "body": MARKDOWN,
            "class_groups": "Tanpa pilihan: untuk seluruh sekolah.",
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 16}),
            "class_groups": forms.CheckboxSelectMultiple,
        }
        error_messages = {
            "title": {"required": "Isi judulnya."},
            "summary": {"required": "Isi ringkasannya, satu kalimat cukup."},
            "body": {"required": "Isi teksnya."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["class_groups"].queryset = _classes_for(self.instance)  # type: ignore[attr-defined]
        if not self.instance.pdf:
            del self.fields["without_pdf"]

    def clean_new_thumbnail(self) -> bytes | None:
        upload = self.cleaned_data["new_thumbnail"]
        return _read(upload, uploads.THUMBNAIL_BYTES, uploads.read_thumbnail)

    def clean_new_pdf(self) -> Pdf | None:
        return _read(self.cleaned_data["new_pdf"], uploads.PDF_BYTES, uploads.read_pdf)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("without_pdf") and not self.cleaned_data.get("new_pdf"):
            self.cleaned_data["new_pdf"] = NO_PDF
        return self.cleaned_data

    def keep(self) -> Materi:
        return publishing.save(
            self.save(commit=False),
            class_groups=self.cleaned_data["class_groups"],
            thumbnail=self.cleaned_data["new_thumbnail"],
            pdf=self.cleaned_data["new_pdf"],
        )


def _classes_for(materi: Materi) -> QuerySet[ClassGroup]:
    """This year's classes, and those of another year that it is already for: a class that could
    not be ticked would be lost on saving, and the materi then be for the whole school."""
    wanted = Q(year__is_current=True)
    if materi.pk:
        wanted |= Q(materi=materi)
    return ClassGroup.objects.of_school(materi.school_id).filter(wanted).distinct()


def _read[T](upload: UploadedFile | None, most: int, read: Callable[[bytes], T]) -> T | None:
    if upload is None:
        return None
    try:
        return read(upload.read(most + 1))  # one more byte is enough to be refused as too large
    except UploadRefused as refusal:
        raise forms.ValidationError(refusal.sentence) from refusal
