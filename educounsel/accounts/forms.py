from django import forms


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
