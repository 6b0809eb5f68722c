from django import forms
from django.contrib.auth.forms import SetPasswordForm


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


class OwnPasswordForm(SetPasswordForm):
    """In place of one that somebody else has set, and so knows."""

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("Pilih kata sandi lain dari yang diberikan kepadamu.")
        return password
