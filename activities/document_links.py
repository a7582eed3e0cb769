"""Signed links to kept documents: for mails and for the customer's private area; they expire."""

from datetime import timedelta

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from pydantic import ValidationError

from domain.documents import KeptDocument


class DocumentLinkRefused(ValueError):
    """The link is not ours, or too old; the text is for the person who opened it."""


class DocumentLinks:
    """Makes and reads links with the installation's own secret."""

    def __init__(self, secret: str, public_url: str, lifetime: timedelta) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="waybill-document")
        self._public_url, self._lifetime = public_url.rstrip("/"), lifetime

    def url(self, document: KeptDocument) -> str:
        """Return the address under which anybody who has it may read the document for a while."""
        return f"{self._public_url}/documents/{self._serializer.dumps(document.model_dump(mode='json'))}"

    def read(self, token: str) -> KeptDocument:
        """Return what a link is about. Raises `DocumentLinkRefused`."""
        try:
            content = self._serializer.loads(token, max_age=int(self._lifetime.total_seconds()))
            return KeptDocument.model_validate(content)
        except SignatureExpired:
            raise DocumentLinkRefused("this link is too old; ask the shop for a new one") from None
        except (BadSignature, ValidationError):
            raise DocumentLinkRefused("this link is not valid; open it as it stands in the mail") from None
