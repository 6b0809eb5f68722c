"""The crisis card: who at school, which numbers. Always the same, always first the people."""

from dataclasses import dataclass

from educounsel.accounts.models import User
from educounsel.schools.models import HelpContact
from educounsel.schools.people import counsellors_of


@dataclass(frozen=True)
class HelpCard:
    counsellors: list[User]
    contacts: list[HelpContact]


def help_card_for(student: User) -> HelpCard:
    contacts = HelpContact.objects.filter(school_id=student.school_id, is_shown=True)
    return HelpCard(counsellors=list(counsellors_of(student)), contacts=list(contacts))
