"""Materi as a Guru BK makes them: through the verbs, so that they can be found and opened."""

from educounsel.accounts.models import User
from educounsel.materi import publishing
from educounsel.materi.models import Bidang, Materi
from educounsel.materi.uploads import read_pdf, read_thumbnail
from educounsel.schools.models import ClassGroup
from tests.materi import files


def draft(author: User, title: str = "Napas empat enam", body: str = "Tarik napas.") -> Materi:
    return Materi(
        school=author.school,
        author=author,
        title=title,
        bidang=Bidang.PRIBADI,
        summary="Untuk dibaca pelan-pelan.",
        body=body,
    )


def published(
    author: User, *classes: ClassGroup, title: str = "Napas empat enam", body: str = "Tarik napas."
) -> Materi:
    materi = publishing.save(draft(author, title, body), classes)
    publishing.publish(materi)
    return materi


def with_files(author: User, *classes: ClassGroup) -> Materi:
    materi = publishing.save(
        draft(author),
        classes,
        thumbnail=read_thumbnail(files.picture()),
        pdf=read_pdf(files.pdf()),
    )
    publishing.publish(materi)
    return materi
