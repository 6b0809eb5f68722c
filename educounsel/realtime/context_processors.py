from typing import Any

from django.conf import settings
from django.http import HttpRequest

from educounsel.accounts.models import User
from educounsel.realtime.protocol import channels_of


def realtime(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to open its one socket."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.must_choose_password:
        return {}
    return {
        "realtime": {
            "key": settings.REALTIME_KEY,
            "cluster": settings.PUSHER_CLUSTER,
            "channels": " ".join(channels_of(user)),
        }
    }
