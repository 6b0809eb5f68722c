import re

from django.http import HttpResponseBase, JsonResponse
from django.views.decorators.http import require_POST

from educounsel.accounts.access import Request, for_everyone_signed_in
from educounsel.realtime import protocol

SOCKET_ID = re.compile(r"\d{1,20}\.\d{1,20}")


@for_everyone_signed_in
@require_POST
def authorise(request: Request) -> HttpResponseBase:
    """Signs the subscription that pusher-js asks for, if the channel is this person's.

    One `channel_name` is answered as the protocol says; several, which our own page sends at once,
    by name.
    """
    socket_id, channels = request.POST.get("socket_id", ""), request.POST.getlist("channel_name")
    theirs = set(channels) <= set(protocol.channels_of(request.user))
    if not SOCKET_ID.fullmatch(socket_id) or not channels or not theirs:
        # No exception: a page that is left in the middle of asking is no news for the log.
        return JsonResponse({"error": "Forbidden"}, status=403)
    signed = {channel: protocol.sign(socket_id, channel) for channel in channels}
    if len(channels) == 1:
        return JsonResponse({"auth": signed[channels[0]]})
    return JsonResponse({"auths": signed})


@for_everyone_signed_in
@require_POST
def sign_in(request: Request) -> HttpResponseBase:
    """Signs who this is, for hosted Pusher alone: our own hub knows the session."""
    socket_id = request.POST.get("socket_id", "")
    if not SOCKET_ID.fullmatch(socket_id):
        return JsonResponse({"error": "Forbidden"}, status=403)
    return JsonResponse(protocol.sign_in(socket_id, request.user.pk))
