import unicodedata
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import QuerySet

from educounsel.accounts.models import User
from educounsel.companion import sharing
from educounsel.form_keys import key_of


class KeyField(forms.UUIDField):
    """A message without a readable key is a new one: its words are screened all the same."""

    def clean(self, value: Any) -> UUID:
        try:
            key: UUID | None = super().clean(value)
        except forms.ValidationError:
            key = None
        return key or uuid4()


class WordsField(forms.CharField):
    """Refuses nothing that can be read: what cannot is left out, so that the rest is screened."""

    def to_python(self, value: Any) -> str:
        words = super().to_python(str(value or "").replace("\0", "")) or ""
        return words if any(unicodedata.category(letter)[0] not in "CZ" for letter in words) else ""


def typed_in(form: forms.Form, name: str) -> str:
    """What stands in a WordsField, however long it is."""
    return str(form.fields[name].to_python(form[name].value()))


class MessageForm(forms.Form):
    """How long a message may be is said by asking.py, after the screening has read it."""

    text = WordsField(
        label="Pesan",
        error_messages={"required": "Tulis dulu pesanmu, lalu kirim."},
        widget=forms.Textarea(
            attrs={"rows": 1, "placeholder": "Tulis pesan…", "autocomplete": "off"}
        ),
    )
    key = KeyField(widget=forms.HiddenInput, required=False)


def _words(label: str, required: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=500,
        error_messages={
            "required": required,
            "max_length": "Terlalu panjang, paling banyak 500 huruf.",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FormOfCase(forms.Form):
    """Sent twice, by a double tap or from a page of before, it is carried out once."""

    key = KeyField(widget=forms.HiddenInput, required=False, initial=uuid4)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = [self[name].value() for name in self.fields if name != "key"]
        return cleaned | {"key": key_of(cleaned["key"], *typed)}


class ContactForm(FormOfCase):
    note = _words(
        "Apa yang terjadi", "Tulis bagaimana Anda menjangkau siswa, misalnya bertemu di kelas."
    )


class SearchForm(forms.Form):
    words = forms.CharField(
        label="Cari di percakapanmu",
        max_length=100,
        error_messages={"required": "Tulis dulu kata yang dicari."},
    )


class TitleForm(forms.Form):
    title = WordsField(
        label="Nama percakapan",
        max_length=80,
        error_messages={
            "required": "Tulis dulu namanya.",
            "max_length": "Namanya terlalu panjang, paling banyak 80 huruf.",
        },
    )


class ClosingForm(FormOfCase):
    reason = _words(
        "Alasan menutup", "Tulis apa yang sudah dilakukan, misalnya siapa yang bertemu siswa."
    )


class OpeningForm(FormOfCase):
    """Why somebody wants to read more; the student reads this."""

    reason = _words("Alasan", "Tulis untuk apa Anda perlu membacanya.")


class OfferForm(FormOfCase):
    colleague = forms.ModelChoiceField(
        User.objects.none(),
        label="Rekan",
        empty_label="Pilih rekan",
        error_messages={
            "required": "Pilih dulu rekan yang diminta.",
            "invalid_choice": "Rekan itu tidak ada lagi. Pilih yang lain.",
        },
    )

    def __init__(self, colleagues: QuerySet[User], *args: Any) -> None:
        super().__init__(*args)
        self.fields["colleague"].queryset = colleagues  # type: ignore[attr-defined]


class PickForm(forms.Form):
    """Which messages and answers a student wants to share."""

    bagian = forms.MultipleChoiceField(
        error_messages={
            "required": "Pilih dulu pesan yang mau kamu bagikan.",
            "invalid_choice": "Sebagian pesan itu sudah tidak ada. Pilih lagi.",
        },
    )

    def __init__(self, parts: Collection[sharing.Part], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.parts = parts
        self.fields["bagian"].choices = [(part.id, part.id) for part in parts]  # type: ignore[attr-defined]

    @property
    def picked(self) -> list[sharing.Part]:
        return [part for part in self.parts if part.id in self["bagian"].value()]

    def clean_bagian(self) -> list[str]:
        picked: list[str] = self.cleaned_data["bagian"]
        if len(picked) > sharing.AT_ONCE:
            raise forms.ValidationError(
                f"Pilih paling banyak {sharing.AT_ONCE} sekaligus. Bagikan sisanya sesudah ini."
            )
        return picked


class ShareForm(PickForm):
    """Which lines of them stay hidden, for whom they are, and a word before them."""

    sembunyi = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "Sebagian baris itu sudah berubah. Periksa lagi."},
    )
    guru = forms.ModelChoiceField(
        User.objects.none(),
        label="Untuk siapa",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Pilih dulu Guru BK-nya.",
            "invalid_choice": "Guru BK itu tidak ada lagi di sekolahmu. Pilih yang lain.",
        },
    )
    note = WordsField(
        label="Kalimat pengantar",
        required=False,
        max_length=500,
        error_messages={"max_length": "Terlalu panjang, paling banyak 500 huruf."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    key = KeyField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        parts: Collection[sharing.Part],
        counsellors: QuerySet[User],
        *args: Any,
        **options: Any,
    ) -> None:
        super().__init__(parts, *args, **options)
        lines = [line.id for part in parts for line in part.lines]
        self.fields["sembunyi"].choices = [(line, line) for line in lines]  # type: ignore[attr-defined]
        self.fields["guru"].queryset = counsellors  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"bagian", "sembunyi"} <= cleaned.keys():
            cleaned["content"] = sharing.compose(self.picked, cleaned["sembunyi"])
            if not cleaned["content"]:
                self.add_error("sembunyi", "Semua baris tersembunyi. Biarkan paling sedikit satu.")
        return cleaned
