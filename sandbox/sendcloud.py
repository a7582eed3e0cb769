"""A Sendcloud integration that announces nothing: returns, labels as real PDF files, cancellations.

POST  /api/v3/returns/announce-synchronously     GET /api/v3/returns, and /api/v3/returns/{id}
PATCH /api/v3/returns/{id}/cancel
GET   /api/v3/parcels/{id}/documents/label
/_sandbox/faults, /_sandbox/ledger: see control.py. A fault's `path` selects by the request's path.

`lose_answer` and `error_after_write` do the work and answer nothing or 500; `rate_limit`, `server_error` and
`refuse` do nothing; `not_ready` holds a label back, `garbage_label` sends a page instead, `not_cancellable`
refuses to cancel. As the vendor's specification has it, a return that is read does not tell its reference.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
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

FAULTS = GUARD_FAULTS | {"not_ready", "garbage_label", "not_cancellable"}
DEFAULT_PUBLIC_KEY = "sandbox-public-key"
DEFAULT_SECRET = "sandbox-secret-key"  # noqa: S105 - the sandbox's own
OPTIONS = frozenset({"dpd:return/return", "dhl:return/return"})
_ADDRESS = ("name", "address_line_1", "postal_code", "city", "country_code")
_UNION = frozenset({"FR", "DE", "ES", "BE"})
_LARGEST_PAGE = 40

Json = dict[str, Any]


_WORDS = {
    "login": Refusal(401, {"error": {"code": 401, "message": "Invalid username/password."}}),
    "rate_limit": Refusal(429, {}),
    "server_error": Refusal(500, {}),
    "refuse": Refusal(
        400,
        {"error": {"code": "invalid_postal_code", "message": "The postal code you provided is invalid."}},
    ),
    "unreadable": Refusal(400, {"errors": [{"message": "The request could not be read."}]}),
}


def _wrong(field: str, message: str, code: str = "invalid") -> Refusal:
    return Refusal(400, {"errors": [{"field": field, "message": message, "code": code}]})


@dataclass
class Sendcloud:
    """One integration."""

    public_key: str = DEFAULT_PUBLIC_KEY
    secret: str = DEFAULT_SECRET
    returns: dict[int, Json] = field(default_factory=dict)
    faults: FaultBoard = field(default_factory=lambda: FaultBoard(FAULTS))
    ledger: Ledger = field(default_factory=Ledger)
    _numbers: Any = field(default_factory=lambda: count(1))

    def announce(self, asked: Json) -> Json:
        """Create a return and announce it; a reference is taken once."""
        _check(asked)
        reference = asked.get("external_reference")
        if reference and any(
            each["asked"]["external_reference"] == reference for each in self.returns.values()
        ):
            message = "External reference has already been used in another return."
            raise Refusal(400, {"error": {"code": "invalid", "request": "returns", "message": message}})
        number = next(self._numbers)
        made = {"asked": asked, "parcel": 60000 + number, "at": datetime.now(UTC), "cancelled": False}
        self.returns[number] = made
        self.ledger.write("return", id=number, reference=reference, asked=asked)
        return {"return_id": number, "parcel_id": made["parcel"], "multi_collo_ids": []}

    def shown(self, number: int, root: str) -> Json:
        """Return a return as it is read."""
        made = self._made(number)
        asked, parcel = made["asked"], made["parcel"]
        label = f"{root}/api/v3/parcels/{parcel}/documents/label"
        code = f"0{parcel:013d}"
        return {
            "id": number,
            "from_address": asked["from_address"],
            "to_address": asked["to_address"],
            "shipping_option": {"code": asked["ship_with"]["shipping_option_code"]},
            "weight": asked["weight"],
            "order_number": asked.get("order_number", ""),
            "created_at": made["at"].isoformat(),
            "is_cancellable": not made["cancelled"],
            "tracking_number": code,
            "tracking_url": f"https://tracking.eu-central-1-0.sendcloud.sc/forward?code={code}",
            "label_url": label,
            "label": {"label_printer": label, "normal_printer": [f"{label}?paper_size=a4"] * 4},
            "label_cost": {"value": 6.15, "currency": "EUR"},
            "status_history": [
                {"parent_status": "Ready to send"},
                *([{"parent_status": "Cancelled"}] if made["cancelled"] else []),
            ],
        }

    def listed(self, query: Any, root: str) -> Json:
        """Return a page of the returns of some days, newest first."""
        try:
            days = [datetime.strptime(query[name], "%Y-%m-%d %H:%M:%S") for name in ("from_date", "to_date")]  # noqa: DTZ007
            size = min(int(query.get("page_size", _LARGEST_PAGE)), _LARGEST_PAGE)
            start = int(query.get("cursor", 0))
        except (KeyError, ValueError):
            raise _wrong("from_date", "This field is required", "required") from None
        first, last = (day.replace(tzinfo=UTC) for day in days)
        found = [number for number, made in self.returns.items() if first <= made["at"] <= last][::-1]
        page = [self.shown(number, root) for number in found[start : start + size]]
        more = {"next": f"{root}/api/v3/returns?cursor={start + size}"} if start + size < len(found) else {}
        return {"data": page, **more}

    def cancel(self, number: int) -> Json:
        """Ask the carrier to cancel."""
        made = self._made(number)
        if made["cancelled"] or self.faults.take("not_cancellable"):
            said = {"field": "returns", "code": 409, "message": "Return is not cancellable."}
            raise Refusal(409, {"errors": [said]})
        made["cancelled"] = True
        self.ledger.write("cancellation", id=number)
        return {"message": "Cancellation requested successfully"}

    def printed(self, parcel: int) -> bytes:
        """Print the label of a parcel, with the addresses as they were given."""
        number = next((each for each, made in self.returns.items() if made["parcel"] == parcel), 0)
        asked, shown = self._made(number)["asked"], self.shown(number, "")
        return pdf_of(
            [
                asked["ship_with"]["shipping_option_code"],
                f"Tracking {shown['tracking_number']}",
                f"From {_line(asked['from_address'])}",
                f"To {_line(asked['to_address'])}",
                f"Weight {asked['weight']['value']} {asked['weight']['unit']}",
                f"Reference {asked.get('external_reference', '')}",
            ]
        )

    def _made(self, number: int) -> Json:
        if number not in self.returns:
            raise Refusal(404, {"errors": [{"message": "Not found", "code": "not_found"}]})
        return self.returns[number]


def _line(address: Json) -> str:
    street = " ".join(str(address[part]) for part in ("house_number", "address_line_1") if address.get(part))
    parts = (address["name"], address.get("company_name"), street, address["postal_code"], address["city"])
    return ", ".join([*(part for part in parts if part), address["country_code"]])


def _check(asked: Json) -> None:
    for side in ("from_address", "to_address"):
        for name in _ADDRESS:
            if not (asked.get(side) or {}).get(name):
                raise _wrong(f"{side}.{name}", "This field is required", "required")
    weight = asked.get("weight") or {}
    if weight.get("unit") not in {"kg", "g", "lbs", "oz"} or not weight.get("value", 0) > 0:
        raise _wrong("weight", "A weight is a value above 0 and a unit")
    code = (asked.get("ship_with") or {}).get("shipping_option_code")
    if code not in OPTIONS:
        raise _wrong("ship_with.shipping_option_code", f"{code!r} is not a valid choice.", "invalid_choice")
    countries = {asked[side]["country_code"] for side in ("from_address", "to_address")}
    if len(countries) > 1 and not countries <= _UNION:
        _check_customs(asked)


def _check_customs(asked: Json) -> None:
    if not asked.get("parcel_items") or not asked.get("customs_invoice_nr"):
        raise _wrong("parcel_items", "Required for a return from outside the EU", "required")
    for item in asked["parcel_items"]:
        for name in ("hs_code", "origin_country"):
            if not item.get(name):
                raise _wrong(f"parcel_items.{name}", "This field is required", "required")


class _Api:
    """The integration's web server."""

    def __init__(self, account: Sendcloud) -> None:
        self._account = account
        self._guard = Guard(account.public_key, account.secret, account.faults, _WORDS)

    async def announce(self, request: Request) -> Response:
        async def serve() -> Response:
            return JSONResponse(self._account.announce(await request.json()), 201)

        return await self._guard.pass_through(request, serve)

    async def listed(self, request: Request) -> Response:
        async def serve() -> Response:
            return JSONResponse(self._account.listed(request.query_params, _root(request)))

        return await self._guard.pass_through(request, serve)

    async def shown(self, request: Request) -> Response:
        async def serve() -> Response:
            shown = self._account.shown(request.path_params["number"], _root(request))
            if self._account.faults.take("not_ready", path=request.url.path):
                shown |= {"label_url": None, "label": None, "tracking_number": None, "tracking_url": None}
            return JSONResponse(shown)

        return await self._guard.pass_through(request, serve)

    async def cancel(self, request: Request) -> Response:
        async def serve() -> Response:
            return JSONResponse(self._account.cancel(request.path_params["number"]), 202)

        return await self._guard.pass_through(request, serve)

    async def label(self, request: Request) -> Response:
        async def serve() -> Response:
            if self._account.faults.take("garbage_label", path=request.url.path):
                return Response("<html><body>Come back later</body></html>", media_type="text/html")
            return Response(
                self._account.printed(request.path_params["parcel"]), media_type="application/pdf"
            )

        return await self._guard.pass_through(request, serve)


def _root(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def create_app(account: Sendcloud) -> Starlette:
    """Return the server of one integration; the API is under `/api/v3`."""
    api = _Api(account)
    return Starlette(
        routes=[
            Route("/api/v3/returns/announce-synchronously", api.announce, methods=["POST"]),
            Route("/api/v3/returns", api.listed, methods=["GET"]),
            Route("/api/v3/returns/{number:int}", api.shown, methods=["GET"]),
            Route("/api/v3/returns/{number:int}/cancel", api.cancel, methods=["PATCH"]),
            Route("/api/v3/parcels/{parcel:int}/documents/label", api.label, methods=["GET"]),
            *control_routes(account.faults, account.ledger),
        ]
    )
