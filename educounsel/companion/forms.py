from django import forms

UNREADABLE = "Pesannya belum terkirim. Muat ulang halaman, lalu kirim lagi."


class MessageForm(forms.Form):
    """How long a message may be is said by asking.py, after the screening has read it."""

    text = forms.CharField(
        label="Pesan",
        error_messages={"required": "Tulis dulu pesanmu, lalu kirim."},
        widget=forms.Textarea(
            attrs={"rows": 1, "placeholder": "Tulis pesan…", "autocomplete": "off"}
        ),
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": UNREADABLE, "invalid": UNREADABLE},
    )


class ClosingForm(forms.Form):
    reason = forms.CharField(
        label="Alasan menutup",
        max_length=500,
        error_messages={
            "required": "Tulis apa yang sudah dilakukan, misalnya siapa yang bertemu siswa.",
            "max_length": "Alasannya terlalu panjang, paling banyak 500 huruf.",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )
