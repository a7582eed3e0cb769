"""An EasyPost account that buys nothing: shipments, rates, labels as real PDF files, refunds.

POST /v2/shipments                    GET the same, and /v2/shipments/{id or reference}
POST /v2/shipments/{id}/buy           /refund; GET /v2/shipments/{id}/label?file_format=PDF
GET  /files/{id}.pdf                  a label, without the key
/_sandbox/faults, /_sandbox/ledger: see control.py. A fault's `path` selects by the request's path.

`lose_answer` and `error_after_write` do the work and answer nothing or 500; `rate_limit`, `server_error` and
`refuse` do nothing; `no_rates` offers nothing; `carrier_timeout` fails a purchase; `not_ready` holds a
label's file back, `garbage_label` sends a page instead, `foreign_label` names a strange host for it.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control import control_routes
from sandbox.faults import FaultBoard
from sandbox.guarded import FAULTS as GUARD_FAULTS
from sandbox.guarded import Guard, Refusal
from sandbox.ledger import Ledger
from sandbox.pdf import pdf_of

FAULTS = GUARD_FAULTS | {"no_rates", "carrier_timeout", "not_ready", "garbage_label", "foreign_label"}
DEFAULT_KEY = "EZTK-sandbox-key"
FOREIGN_HOST = "http://169.254.169.254"
_NEEDED = ("street1", "city", "zip", "country")
_CUSTOMS_ITEM = ("description", "quantity", "weight", "value", "hs_tariff_number", "origin_country")
_OFFERS = (("USPS", "GroundAdvantage", Decimal("4.07")), ("USPS", "Priority", Decimal("7.42")))
_PER_OUNCE = Decimal("0.13")
_UNION = frozenset({"FR", "DE", "ES", "BE"})

Json = dict[str, Any]


def _no(status: int, code: str, message: str, *errors: Json) -> Refusal:
    return Refusal(status, {"error": {"code": code, "message": message, "errors": list(errors)}})


_WORDS = {
    "login": _no(401, "APIKEY.INACTIVE", "This api key is no longer active."),
    "rate_limit": _no(429, "RATE_LIMITED", "Too many requests."),
    "server_error": _no(500, "INTERNAL_SERVER_ERROR", "We are sorry."),
    "refuse": _no(422, "ADDRESS.VERIFY.FAILURE", "Unable to verify address."),
    "unreadable": _no(400, "BAD_REQUEST", "The request could not be read."),
}


@dataclass
class EasyPost:
    """One account in test mode."""

    key: str = DEFAULT_KEY
    shipments: dict[str, Json] = field(default_factory=dict)
    faults: FaultBoard = field(default_factory=lambda: FaultBoard(FAULTS))
    ledger: Ledger = field(default_factory=Ledger)
    _numbers: Any = field(default_factory=lambda: count(1))

    def create(self, asked: Json) -> Json:
        """Create a shipment and ask the carriers for their rates; nothing is charged."""
        _check(asked)
        number = next(self._numbers)
        offers = () if self.faults.take("no_rates") else _OFFERS
        weight = Decimal(str(asked["parcel"]["weight"]))
        shipment = {
            "id": f"shp_{number:032x}",
            "mode": "test",
            "is_return": bool(asked.get("is_return")),
            "reference": asked.get("reference"),
            "to_address": asked["to_address"],
            "from_address": asked["from_address"],
            "parcel": asked["parcel"],
            "options": asked.get("options") or {},
            "customs_info": asked.get("customs_info"),
            "rates": [_rate(number, place, offer, weight) for place, offer in enumerate(offers)],
            "messages": [] if offers else [_NO_OFFER],
            "postage_label": None,
            "selected_rate": None,
            "tracking_code": None,
            "tracker": None,
            "refund_status": None,
        }
        self.shipments[shipment["id"]] = shipment
        self.ledger.write("shipment", id=shipment["id"], reference=shipment["reference"], asked=asked)
        return shipment

    def find(self, name: str) -> Json:
        """Return a shipment by its id or its reference, the newest first."""
        for shipment in reversed(self.shipments.values()):
            if name in {shipment["id"], shipment["reference"]}:
                return shipment
        raise _no(404, "NOT_FOUND", "The requested resource could not be found.")

    def buy(self, name: str, rate_id: str, files: str) -> Json:
        """Buy a shipment's postage, once."""
        shipment = self.find(name)
        if shipment["postage_label"]:
            raise _no(422, "SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment.")
        rate = next((each for each in shipment["rates"] if each["id"] == rate_id), None)
        if rate is None:
            raise _no(422, "SHIPMENT.INVALID_PARAMS", "Unable to find the rate.")
        if self.faults.take("carrier_timeout"):
            raise _no(422, "SHIPMENT.POSTAGE.FAILURE", "The carrier took too long to respond.")
        code = f"9400100{int(shipment['id'][4:], 16):015d}"
        host = FOREIGN_HOST if self.faults.take("foreign_label") else files
        shipment["selected_rate"], shipment["tracking_code"] = rate, code
        shipment["tracker"] = {"tracking_code": code, "public_url": f"https://track.easypost.com/{code}"}
        shipment["postage_label"] = {
            "label_url": f"{host}/files/{shipment['id']}.pdf",
            "label_pdf_url": None,
            "label_file_type": "application/pdf",
            "label_size": "4x6",
        }
        self.ledger.write("label", id=shipment["id"], reference=shipment["reference"], tracking=code)
        return shipment

    def refund(self, name: str) -> Json:
        """Ask the carrier for the money back."""
        shipment = self.find(name)
        shipment["refund_status"] = "submitted" if shipment["postage_label"] else "not_applicable"
        self.ledger.write("refund", id=shipment["id"], status=shipment["refund_status"])
        return shipment

    def printed(self, shipment: Json) -> bytes:
        """Print a label. A return's addresses are swapped here, and nowhere before."""
        sender, receiver = shipment["from_address"], shipment["to_address"]
        if shipment["is_return"]:
            sender, receiver = receiver, sender
        rate = shipment["selected_rate"]
        return pdf_of(
            [
                f"{rate['carrier']} {rate['service']}",
                f"Tracking {shipment['tracking_code']}",
                f"From {_line(sender)}",
                f"To {_line(receiver)}",
                f"Weight {shipment['parcel']['weight']} oz",
                f"Reference {shipment['reference']}",
            ]
        )


_NO_OFFER = {"carrier": "USPS", "type": "rate_error", "message": "The carrier does not serve this route."}


def _rate(number: int, place: int, offer: tuple[str, str, Decimal], weight: Decimal) -> Json:
    carrier, service, start = offer
    price = (start + weight * _PER_OUNCE).quantize(Decimal("0.01"))
    rate_id = f"rate_{number:024x}{place:08x}"
    return {"id": rate_id, "carrier": carrier, "service": service, "rate": str(price), "currency": "USD"}


def _line(address: Json) -> str:
    parts = ("name", "company", "street1", "zip", "city", "country")
    return ", ".join(str(address[part]) for part in parts if address.get(part))


def _check(asked: Json) -> None:
    missing = [f"{side}.{name}" for side in ("to_address", "from_address") for name in _missing(asked, side)]
    parcel = asked.get("parcel") or {}
    if not isinstance(parcel.get("weight"), int | float) or parcel["weight"] <= 0:
        missing.append("parcel.weight")
    if not missing and _needs_customs(asked):
        rows = (asked.get("customs_info") or {}).get("customs_items") or [{}]
        missing += [f"customs_items.{name}" for row in rows for name in _CUSTOMS_ITEM if not row.get(name)]
    if missing:
        rows = [{"field": name, "message": "cannot be blank"} for name in missing]
        raise _no(422, "PARAMETER.REQUIRED", "Missing required parameter.", *rows)


def _missing(asked: Json, side: str) -> list[str]:
    address = asked.get(side) or {}
    return [name for name in _NEEDED if not address.get(name)]


def _needs_customs(asked: Json) -> bool:
    countries = {asked["to_address"]["country"], asked["from_address"]["country"]}
    return len(countries) > 1 and not countries <= _UNION


class _Api:
    """The account's web server."""

    def __init__(self, account: EasyPost) -> None:
        self._account = account
        self._guard = Guard(account.key, "", account.faults, _WORDS)

    async def shipments(self, request: Request) -> Response:
        async def serve() -> Response:
            if request.method == "GET":
                found = list(self._account.shipments.values())[::-1][:1]
                return JSONResponse({"shipments": found, "has_more": False})
            body = await request.json()
            return JSONResponse(self._account.create(body.get("shipment") or {}), 201)

        return await self._guard.pass_through(request, serve)

    async def shipment(self, request: Request) -> Response:
        async def serve() -> Response:
            return JSONResponse(self._account.find(request.path_params["name"]))

        return await self._guard.pass_through(request, serve)

    async def buy(self, request: Request) -> Response:
        async def serve() -> Response:
            body = await request.json()
            files = str(request.base_url).rstrip("/")
            rate = (body.get("rate") or {}).get("id", "")
            return JSONResponse(self._account.buy(request.path_params["name"], rate, files))

        return await self._guard.pass_through(request, serve)

    async def refund(self, request: Request) -> Response:
        async def serve() -> Response:
            return JSONResponse(self._account.refund(request.path_params["name"]))

        return await self._guard.pass_through(request, serve)

    async def file(self, request: Request) -> Response:
        account, path = self._account, request.url.path
        account.ledger.write("file", path=path, with_key="authorization" in request.headers)
        shipment = account.shipments.get(re.sub(r"\.pdf$", "", request.path_params["name"]))
        if shipment is None or not shipment["postage_label"] or account.faults.take("not_ready", "GET", path):
            return Response(status_code=404)
        if account.faults.take("garbage_label", "GET", path):
            return Response("<html><body>Come back later</body></html>", media_type="text/html")
        return Response(account.printed(shipment), media_type="application/pdf")


def create_app(account: EasyPost) -> Starlette:
    """Return the server of one account; the API is under `/v2`."""
    api = _Api(account)
    return Starlette(
        routes=[
            Route("/v2/shipments", api.shipments, methods=["GET", "POST"]),
            Route("/v2/shipments/{name}", api.shipment, methods=["GET"]),
            Route("/v2/shipments/{name}/label", api.shipment, methods=["GET"]),
            Route("/v2/shipments/{name}/buy", api.buy, methods=["POST"]),
            Route("/v2/shipments/{name}/refund", api.refund, methods=["POST"]),
            Route("/files/{name}", api.file, methods=["GET"]),
            *control_routes(account.faults, account.ledger),
        ]
    )
