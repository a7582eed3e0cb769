"""What a text channel tells of the messages that it took: signed, and taken as often as it comes."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from activities.channels import Channels
from adapters.channel_ports import TextEnd
from adapters.ports import BodyRefused, SignatureRefused
from records.notices import Notices, NoticeState
from starter.configuration import GatewaySettings
from starter.gateway.bodies import read_body
from starter.gateway.problems import Refusal

_STATES = {
    TextEnd.ON_ITS_WAY: NoticeState.SENT,
    TextEnd.DELIVERED: NoticeState.DELIVERED,
    TextEnd.UNDELIVERED: NoticeState.UNDELIVERED,
}


class TextNewsDesk:
    """Takes the news about texts. `public_url` is how the channel was told to reach us."""

    def __init__(
        self, channels: Channels, notices: Notices, settings: GatewaySettings, public_url: str
    ) -> None:
        self._channels, self._notices, self._settings = channels, notices, settings
        self._public_url = public_url.rstrip("/")

    async def receive(self, request: Request) -> Response:
        """Take one piece of news and answer 204; news that is old changes nothing."""
        port = self._channels.texts.get(request.path_params["connection"])
        if port is None:
            raise Refusal(404, "there is no such connection")
        body = await read_body(request, self._settings.largest_body, self._settings.body_seconds)
        query = f"?{request.url.query}" if request.url.query else ""
        try:
            # Signed over the address that we gave, whatever a proxy made of it.
            news = port.read_news(
                f"{self._public_url}{request.url.path}{query}",
                body,
                request.headers.get("x-twilio-signature", ""),
            )
        except SignatureRefused as refusal:
            raise Refusal(401, str(refusal)) from None
        except BodyRefused as refusal:
            raise Refusal(400, str(refusal), field=refusal.field) from None
        key = request.query_params.get("n") or await self._notices.key_of("sms", news.message)
        await self._notices.note_later(
            key, _STATES[news.end], datetime.now(UTC), answer=news.sentence, reference=news.message
        )
        return Response(status_code=204)
