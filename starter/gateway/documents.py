"""Downloads of kept documents, for whoever holds a signed link."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from activities.document_links import DocumentLinkRefused, DocumentLinks
from domain.errors import NotFound, Passing
from records.documents import Documents

_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Downloads:
    """Serves documents."""

    def __init__(self, links: DocumentLinks, documents: Documents) -> None:
        self._links, self._documents = links, documents

    async def download(self, request: Request) -> Response:
        """Send the document of a link: 404 for one that is not good, 503 when the store is silent."""
        try:
            document = self._links.read(request.path_params["token"])
            data = await self._documents.read(document.sha256)
        except (DocumentLinkRefused, NotFound) as refusal:
            return PlainTextResponse(f"{refusal}\n", 404, _HEADERS)
        except Passing:
            return PlainTextResponse("Please try again in a minute.\n", 503, _HEADERS)
        shown = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(document.name)}"}
        return Response(data, 200, {**_HEADERS, **shown}, document.media_type)
