import re

from django.http import HttpResponseBase, JsonResponse
from django.views.decorators.http import require_POST

from educounsel.accounts.access import Request, for_everyone_signed_in
from educounsel.realtime import protocol

SOCKET_ID = re.compile(r"\d{1,20}\.\d{1,20}")


@for_everyone_signed_in
@require_POST
def authorise(request: Request) -> HttpResponseBase:
    """Signs the subscription that pusher-js asks for, if the channel is this person's."""
    socket_id, channel = request.POST.get("socket_id", ""), request.POST.get("channel_name", "")
    if not SOCKET_ID.fullmatch(socket_id) or channel not in protocol.channels_of(request.user):
        # No exception: a page that is left in the middle of asking is no news for the log.
        return JsonResponse({"error": "Forbidden"}, status=403)
    return JsonResponse({"auth": protocol.sign(socket_id, channel)})
