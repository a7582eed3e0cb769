"""The signed link to the decision page, and the approver's code for channels that do not know who asks."""

import base64
import hashlib
import hmac

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from domain.approvals.requests import Channel, Decision, Verdict
from domain.model import Frozen

_CODE_BYTES = 20


class LinkRefused(ValueError):
    """The link is not ours, or too old; the text is for the person who opened it."""


class DecisionLink(Frozen):
    """Who was asked what: a person, an order, the request and the revision that they were shown."""

    approver: str
    connection: str
    store_order_id: str
    request: int
    revision: str


class ApprovalLinks:
    """Makes and reads links and codes with the installation's own secret."""

    def __init__(self, secret: str, public_url: str, lifetime_seconds: int = 60 * 86400) -> None:
        self._secret = secret.encode()
        self._serializer = URLSafeTimedSerializer(secret, salt="waybill-approval")
        self._public_url = public_url.rstrip("/")
        self._lifetime_seconds = lifetime_seconds

    def url(self, link: DecisionLink) -> str:
        """Return the address of the decision page for one person and request."""
        return f"{self._public_url}/approvals/{self.token(link)}"

    def token(self, link: DecisionLink) -> str:
        """Return what the address carries: who was asked what, signed."""
        return str(self._serializer.dumps(link.model_dump()))

    def read(self, token: str) -> DecisionLink:
        """Return what a link is about. Raises `LinkRefused`."""
        try:
            return DecisionLink.model_validate(self._serializer.loads(token, max_age=self._lifetime_seconds))
        except SignatureExpired:
            raise LinkRefused("this link is too old; ask for a new one") from None
        except (BadSignature, ValueError):
            raise LinkRefused("this link is not valid; open it as it stands in the mail") from None

    def decision(self, link: DecisionLink, verdict: Verdict, channel: Channel, reason: str) -> Decision:
        """Return the decision of the person whom the link was made for, with their code."""
        return Decision(
            verdict=verdict,
            approver=link.approver,
            request=link.request,
            revision=link.revision,
            reason=reason,
            channel=channel,
            code=self.code(link),
        )

    def code(self, link: DecisionLink) -> str:
        """Return the approver's code for one request: 160 bits, the same each time it is asked for."""
        text = "\x1f".join(
            (link.approver, link.connection, link.store_order_id, str(link.request), link.revision)
        )
        digest = hmac.new(self._secret, text.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:_CODE_BYTES]).decode()
