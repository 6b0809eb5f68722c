"""A form sent twice, by a double tap, is one deed; sent again with other words it is another."""

import json
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac


def key_of(form: UUID, *words: Any) -> UUID:
    """For these words (what JSON can say) under the key of a form. It lets nobody guess them."""
    said = json.dumps([str(form), *words])
    return UUID(bytes=salted_hmac("form_keys", said, algorithm="sha256").digest()[:16])
