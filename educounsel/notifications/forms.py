from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django import forms
from django.http import QueryDict

from educounsel.accounts.models import User
from educounsel.notifications import channels, preferences
from educounsel.notifications.channels import web_push, whatsapp
from educounsel.notifications.models import Channel, Preference
from educounsel.notifications.notice import Notice, kinds_for
from educounsel.notifications.preferences import Wishes, wishes_of

TIME_REFUSED = {"required": "Isi jamnya.", "invalid": "Tulis jamnya seperti 21:00."}


class Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


@dataclass(frozen=True)
class Cell:
    """A kind by a channel: one box of the table. `value` is empty where there is no such way."""

    label: str
    value: str
    is_on: bool
    is_fixed: bool


@dataclass(frozen=True)
class Row:
    label: str
    is_fixed: bool
    cells: list[Cell]


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = Preference
        fields = ["is_muted", "has_quiet_hours", "quiet_from", "quiet_until"]
        labels = {
            "is_muted": "Senyapkan semua",
            "has_quiet_hours": "Jam tenang",
            "quiet_from": "Mulai",
            "quiet_until": "Sampai",
        }
        widgets = {"quiet_from": Clock(), "quiet_until": Clock()}
        error_messages = {"quiet_from": TIME_REFUSED, "quiet_until": TIME_REFUSED}

    def __init__(self, person: User, data: QueryDict | None = None) -> None:
        self.ticked = data.getlist("on") if data else []
        self.wishes: Wishes = wishes_of([person])[person.pk]
        super().__init__(data, instance=self.wishes.preference)
        self.kinds = kinds_for(person.role)
        self.channels = _offered_to(person)
        boxes = [cell.value for row in self.table() for cell in row.cells if _can_change(cell)]
        self.fields["on"] = forms.MultipleChoiceField(
            required=False, choices=[(box, box) for box in boxes]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if begins and begins == ends:
            self.add_error("quiet_until", "Jam selesai harus berbeda dari jam mulai.")
        return cleaned

    def save(self, commit: bool = True) -> Preference:
        chosen = set(self.cleaned_data["on"])
        on = {
            (notice, str(channel)): f"{notice.kind}:{channel}" in chosen
            for notice in self.kinds
            for channel in self.channels
            if notice.can_be_silenced and channel not in notice.not_by
        }
        preference: Preference = self.instance
        preferences.save(preference.person, preference, on)
        return preference

    def table(self) -> list[Row]:
        """As it was sent, if it was: a refused form keeps what was ticked."""
        return [
            Row(
                notice.label,
                not notice.can_be_silenced,
                [self._cell(notice, way) for way in self.channels],
            )
            for notice in self.kinds
        ]

    def _cell(self, notice: type[Notice], channel: Channel) -> Cell:
        value = f"{notice.kind}:{channel}"
        is_on = self.wishes.has_on(notice, channel)
        if self.is_bound and notice.can_be_silenced:
            is_on = value in self.ticked
        gone = channel in notice.not_by and notice.can_be_silenced
        return Cell(
            f"{notice.label}: {channel.label}",
            "" if gone else value,
            is_on or channel in notice.not_by,
            is_fixed=not notice.can_be_silenced,
        )


def _can_change(cell: Cell) -> bool:
    return bool(cell.value) and not cell.is_fixed


def _offered_to(person: User) -> list[Channel]:
    ways = [Channel.SOUND, *(way.NAME for way in channels.switched_on())]
    return [way for way in ways if way != Channel.EMAIL or person.email]


class PushSubscriptionForm(forms.Form):
    endpoint = forms.CharField(max_length=600)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)

    def clean_endpoint(self) -> str:
        endpoint: str = self.cleaned_data["endpoint"]
        if not web_push.is_known_service(endpoint):
            raise forms.ValidationError("Layanan push ini tidak dikenal.")
        return endpoint

    def clean_p256dh(self) -> str:
        """A point on the curve: nothing else can be encrypted to."""
        point = _bytes(self.cleaned_data["p256dh"])
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError as error:
            raise forms.ValidationError("Kunci perangkat ini rusak.") from error
        return str(self.cleaned_data["p256dh"])

    def clean_auth(self) -> str:
        if len(_bytes(self.cleaned_data["auth"])) != 16:
            raise forms.ValidationError("Kunci perangkat ini rusak.")
        return str(self.cleaned_data["auth"])


def _bytes(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (NotBase64, ValueError) as error:
        raise forms.ValidationError("Kunci perangkat ini rusak.") from error


class WhatsAppForm(forms.Form):
    number = forms.CharField(
        label="Nomor WhatsApp",
        max_length=30,
        error_messages={"required": "Isi nomor WhatsApp-mu."},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    agrees = forms.BooleanField(
        label="Saya setuju menerima kabar EduCounsel lewat WhatsApp",
        error_messages={"required": "Centang dulu bila setuju."},
    )

    def clean_number(self) -> str:
        number = whatsapp.tidy_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError("Tulis nomor ponsel Indonesia, misalnya 0812 3456 7890.")
        return number
