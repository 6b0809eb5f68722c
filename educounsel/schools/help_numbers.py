"""The national numbers a school starts with. Each names its source; a school edits them after.

021-500-454 closed in 2014 and appears nowhere. 1500-771 (TePSA) stays hidden until a person has
called it: its only source is of 2020.
"""

from datetime import date
from typing import Any

from educounsel.schools.models import HelpContact, School

CHECKED = date(2026, 11, 22)


def add_national_numbers(school: School) -> None:
    HelpContact.objects.bulk_create(
        HelpContact(school=school, position=place, **facts) for place, facts in enumerate(NUMBERS)
    )


NUMBERS: tuple[dict[str, Any], ...] = (
    {
        "name": "Healing119",
        "number": "119 ext 8",
        "dial": "119,8",
        "note": "Kesehatan jiwa, Kemenkes. Bila lama menunggu, hubungi orang di sekolah dulu.",
        "source": "kemkes.go.id, Agustus 2025",
        "checked_on": CHECKED,
        "is_shown": True,
    },
    {
        "name": "SAPA 129",
        "number": "129",
        "dial": "129",
        "note": "Kekerasan terhadap anak dan perempuan, 24 jam",
        "source": "KemenPPPA; Antara 2023, JawaPos Januari 2026",
        "checked_on": CHECKED,
        "is_shown": True,
    },
    {
        "name": "SAPA 129 lewat WhatsApp",
        "number": "08111-129-129",
        "dial": "08111129129",
        "is_whatsapp": True,
        "note": "Bisa ditulis, kalau belum sanggup bicara",
        "source": "KemenPPPA; Antara 2023, JawaPos Januari 2026",
        "checked_on": CHECKED,
        "is_shown": True,
    },
    {
        "name": "Polisi",
        "number": "110",
        "dial": "110",
        "note": "Bila ada ancaman sekarang juga",
        "source": "Nomor layanan nasional Polri",
        "checked_on": CHECKED,
        "is_shown": True,
    },
    {
        "name": "Ambulans",
        "number": "119",
        "dial": "119",
        "note": "Bila ada yang terluka atau menelan sesuatu",
        "source": "Layanan gawat darurat Kemenkes (PSC 119)",
        "checked_on": CHECKED,
        "is_shown": True,
    },
    {
        "name": "TePSA",
        "number": "1500-771",
        "dial": "1500771",
        "note": "Telepon Pelayanan Sosial Anak, Kemensos",
        "source": "kemensos.go.id 2020, belum dihubungi",
        "checked_on": None,
        "is_shown": False,
    },
)
