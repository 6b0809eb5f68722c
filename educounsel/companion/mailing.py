"""The mail of an alert: that somebody must look, and nothing else. Mail lies open on phones."""

from django.conf import settings
from django.core.mail import EmailMessage

from educounsel.accounts.models import User
from educounsel.companion.models import Case

SUBJECT = "EduCounsel: ada yang perlu Anda lihat sekarang"
BODY = """\
Seorang siswa mungkin perlu dijangkau sekarang, dan Anda yang diberi tahu menurut rencana sekolah.

Buka {where}, lalu halaman Kasus.

Surat ini sengaja tidak memuat nama maupun isi pesan.
"""
DRILL = "Ini LATIHAN. Tidak ada siswa yang terlibat; lakukan seperti sungguhan.\n\n"


def mail_about(case_id: int, person_id: int) -> None:
    """May go out twice after a crash: better than not at all."""
    case = Case.objects.open().filter(pk=case_id).first()
    person = User.objects.active().filter(pk=person_id).first()
    if case and person and person.email:
        _mail_to(person.email, is_drill=case.is_drill).send()


def _mail_to(address: str, *, is_drill: bool) -> EmailMessage:
    body = BODY.format(where=settings.PUBLIC_URL or "EduCounsel")
    if is_drill:
        return EmailMessage(f"[LATIHAN] {SUBJECT}", DRILL + body, to=[address])
    return EmailMessage(SUBJECT, body, to=[address])
