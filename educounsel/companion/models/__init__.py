from educounsel.companion.models.cases import (
    Case,
    CaseEntry,
    CaseQuerySet,
    ConcernOpening,
    Step,
)
from educounsel.companion.models.conversations import (
    CATEGORIES,
    REMEMBERED,
    Asking,
    Conversation,
    Level,
    Message,
    Refused,
)
from educounsel.companion.models.replies import SILENT_FOR, Reply, ReplyQuerySet
from educounsel.companion.models.shares import Share
from educounsel.companion.models.usage import Usage

__all__ = [
    "CATEGORIES",
    "REMEMBERED",
    "SILENT_FOR",
    "Asking",
    "Case",
    "CaseEntry",
    "CaseQuerySet",
    "ConcernOpening",
    "Conversation",
    "Level",
    "Message",
    "Refused",
    "Reply",
    "ReplyQuerySet",
    "Share",
    "Step",
    "Usage",
]
