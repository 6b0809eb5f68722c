"""Sessions: a row each. A page is read all the same while the row cannot be written.

On a full disk Django would end whoever has only seen a message with a 400. What the session should
have kept is lost then: that a message was shown, so it is shown again.
"""

import logging

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError

log = logging.getLogger(__name__)


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        """A new one is written or refused: nobody is signed in without a row."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if not isinstance(error.__context__, OperationalError):
                raise
            log.warning("A session could not be written")
