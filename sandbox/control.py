"""The control door every sandbox has beside the vendor's own API: faults and ledger over HTTP.

GET    /_sandbox/faults            what is armed, and which kinds exist
POST   /_sandbox/faults            arm one: {"kind": …, "times": 1, "path": …, "seconds": …}
DELETE /_sandbox/faults            clear all
GET    /_sandbox/ledger?kind=…     what was seen and written
"""

from json import JSONDecodeError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger


def control_routes(faults: FaultBoard, ledger: Ledger) -> list[BaseRoute]:
    """Return the routes of the control door for one sandbox."""

    async def show_faults(_: Request) -> Response:
        armed = [fault.model_dump() for fault in faults.armed()]
        return JSONResponse({"armed": armed, "kinds": sorted(faults.kinds)})

    async def arm_fault(request: Request) -> Response:
        try:
            wanted = await request.json()
            fault = faults.arm(**wanted)
        except (JSONDecodeError, TypeError, ValueError) as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)
        return JSONResponse(fault.model_dump(), status_code=201)

    async def clear_faults(_: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    async def show_ledger(request: Request) -> Response:
        kind = request.query_params.get("kind")
        entries = ledger.of(kind) if kind else ledger.entries
        return JSONResponse(entries)

    return [
        Route("/_sandbox/faults", show_faults, methods=["GET"]),
        Route("/_sandbox/faults", arm_fault, methods=["POST"]),
        Route("/_sandbox/faults", clear_faults, methods=["DELETE"]),
        Route("/_sandbox/ledger", show_ledger, methods=["GET"]),
    ]
