"""What a page says about what was just done."""

from typing import Any

from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage


class OnceInTheSession(SessionStorage):
    """A form that came twice, as after a double tap, is answered alike and heard once."""

    def _store(self, messages: list[Message], *args: Any, **kwargs: Any) -> Any:
        once = {str(message): message for message in messages}
        return super()._store(list(once.values()), *args, **kwargs)  # type: ignore[misc]
