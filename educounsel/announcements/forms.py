from typing import Any

from django import forms

from educounsel.accounts.models import User
from educounsel.announcements.models import Announcement, Audience
from educounsel.schools.models import ClassGroup


class AnnouncementForm(forms.ModelForm):
    # Named here because the model's own field would begin with an empty choice.
    audience = forms.ChoiceField(
        label="Untuk",
        choices=Audience.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih untuk siapa pengumuman ini."},
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Formulir ini belum lengkap. Muat ulang halaman, lalu coba lagi.",
            "invalid": "Formulir ini belum lengkap. Muat ulang halaman, lalu coba lagi.",
        },
    )

    class Meta:
        model = Announcement
        fields = ["title", "text", "audience", "class_groups", "key"]
        labels = {"class_groups": "Kelas"}
        help_texts = {"class_groups": "Hanya dipakai bila untuk siswa kelas tertentu."}
        widgets = {
            "text": forms.Textarea(attrs={"rows": 6}),
            "class_groups": forms.CheckboxSelectMultiple,
        }
        error_messages = {
            "title": {
                "required": "Isi judulnya.",
                "max_length": "Judulnya paling banyak 120 huruf.",
            },
            "text": {
                "required": "Isi pengumumannya.",
                "max_length": "Isinya paling banyak 2.000 huruf.",
            },
        }

    def __init__(self, author: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = ClassGroup.objects.current().of_school(author.school_id)
        self.fields["class_groups"].queryset = classes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("audience") == Audience.CLASSES and not cleaned.get("class_groups"):
            self.add_error("class_groups", "Pilih setidaknya satu kelas.")
        return cleaned
