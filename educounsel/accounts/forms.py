from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm


class SignInForm(forms.Form):
    login = forms.CharField(
        label="NISN, NIS, atau e-mail",
        max_length=254,
        error_messages={"required": "Isi NISN, NIS, atau e-mailmu."},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="Kata sandi",
        max_length=256,
        strip=False,
        error_messages={"required": "Isi kata sandimu."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _new_password() -> tuple[forms.CharField, forms.CharField]:
    """Django's, in words for a student; the rules are those of AUTH_PASSWORD_VALIDATORS."""
    first, again = SetPasswordForm.create_password_fields(
        "Kata sandi baru", "Kata sandi baru, sekali lagi"
    )
    first.help_text = (
        "Paling sedikit 8 huruf atau angka, tidak hanya angka. Jangan yang mudah ditebak, seperti"
        " namamu, nomormu, atau kata sandi yang dipakai banyak orang."
    )
    again.help_text = ""
    for field in (first, again):
        field.error_messages["required"] = "Ketik kata sandi barunya."
    return first, again


NOT_THE_SAME: dict[str, Any] = {
    "password_mismatch": "Kedua kata sandi baru belum sama. Ketik lagi keduanya."
}


class ChangePasswordForm(PasswordChangeForm):
    error_messages = NOT_THE_SAME | {
        "password_incorrect": "Itu bukan kata sandimu yang sekarang. Ketik sekali lagi."
    }
    new_password1, new_password2 = _new_password()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        old = self.fields["old_password"]
        old.label, old.error_messages["required"] = "Kata sandi sekarang", "Isi kata sandimu."


class OwnPasswordForm(SetPasswordForm):
    """In place of one that somebody else has set, and so knows."""

    error_messages = NOT_THE_SAME
    new_password1, new_password2 = _new_password()

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("Pilih kata sandi lain dari yang diberikan kepadamu.")
        return password
