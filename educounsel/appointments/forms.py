from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from educounsel.appointments.models import TICK, Availability, Waiting
from educounsel.schools.models import Weekday

LONGEST_WAIT = timedelta(days=27)


class SlotForm(forms.Form):
    """One slot. Day and time are as the school's clock shows them."""

    hari = forms.DateField(error_messages={"required": "Pilih hari.", "invalid": "Pilih hari."})
    jam = forms.TimeField(
        input_formats=["%H.%M"],
        error_messages={
            "required": "Pilih dulu jam yang kosong.",
            "invalid": "Pilih dulu jam yang kosong.",
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "hari" in cleaned and "jam" in cleaned:
            chosen = datetime.combine(cleaned["hari"], cleaned["jam"])
            cleaned["starts_at"] = timezone.make_aware(chosen)
        return cleaned


class BookingForm(SlotForm):
    """A request for one slot."""

    topic = forms.CharField(
        label="Topik",
        max_length=255,
        error_messages={
            "required": "Tulis topiknya, singkat saja.",
            "max_length": "Topiknya paling banyak 255 huruf. Tulis sisanya di catatan.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label="Catatan",
        required=False,
        max_length=1000,
        error_messages={
            "max_length": "Catatannya paling banyak 1.000 huruf. Ceritakan sisanya nanti.",
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    key = forms.UUIDField(
        error_messages={
            "required": "Formulir ini belum lengkap. Muat ulang halaman, lalu coba lagi.",
            "invalid": "Formulir ini belum lengkap. Muat ulang halaman, lalu coba lagi.",
        }
    )


class MoveForm(SlotForm):
    reason = forms.CharField(
        label="Alasan untuk siswa",
        required=False,
        max_length=500,
        error_messages={"max_length": "Alasannya terlalu panjang, paling banyak 500 huruf."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WaitingForm(forms.ModelForm):
    class Meta:
        model = Waiting
        fields = ["from_day", "until_day", "topic"]
        labels = {"from_day": "Dari hari", "until_day": "Sampai hari", "topic": "Topik"}
        widgets = {
            "from_day": forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            "until_day": forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            "topic": forms.TextInput({"autocomplete": "off"}),
        }
        error_messages = {
            "topic": {
                "required": "Tulis topiknya, singkat saja.",
                "max_length": "Topiknya paling banyak 255 huruf.",
            },
            "from_day": {"required": "Pilih hari pertama.", "invalid": "Pilih hari pertama."},
            "until_day": {"required": "Pilih hari terakhir.", "invalid": "Pilih hari terakhir."},
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"from_day", "until_day"} <= cleaned.keys():
            today = timezone.localdate()
            if not today <= cleaned["until_day"] <= today + LONGEST_WAIT:
                self.add_error("until_day", "Pilih hari dalam empat minggu ke depan.")
            elif cleaned["from_day"] > cleaned["until_day"]:
                self.add_error("until_day", "Hari terakhir tidak boleh sebelum hari pertama.")
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Alasan untuk siswa",
        max_length=500,
        error_messages={
            "required": "Tulis alasannya, supaya siswa tahu harus bagaimana.",
            "max_length": "Alasannya terlalu panjang, paling banyak 500 huruf.",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HoursForm(forms.ModelForm):
    weekday = forms.TypedChoiceField(label="Hari", choices=Weekday.choices, coerce=int)

    class Meta:
        model = Availability
        fields = ["weekday", "starts_at", "ends_at", "slot_minutes"]
        labels = {"slot_minutes": "Lama satu pertemuan"}
        widgets = {
            "starts_at": forms.TimeInput({"type": "time", "step": TICK.seconds}, "%H:%M"),
            "ends_at": forms.TimeInput({"type": "time", "step": TICK.seconds}, "%H:%M"),
        }

    def clean_starts_at(self) -> time:
        return _on_the_grid(self.cleaned_data["starts_at"])

    def clean_ends_at(self) -> time:
        return _on_the_grid(self.cleaned_data["ends_at"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"starts_at", "ends_at", "slot_minutes"} <= cleaned.keys():
            open_minutes = _minutes(cleaned["ends_at"]) - _minutes(cleaned["starts_at"])
            if open_minutes < cleaned["slot_minutes"]:
                self.add_error("ends_at", "Sampai jam selesai harus muat satu pertemuan.")
        return cleaned


def _on_the_grid(moment: time) -> time:
    if moment.minute % 15 or moment.second or moment.microsecond:
        raise forms.ValidationError("Pilih waktu per seperempat jam, misalnya 08.15.")
    return moment


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
