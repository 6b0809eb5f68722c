from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "educounsel.accounts"
    verbose_name = "Akun"
