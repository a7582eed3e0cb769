"""Tokens: who may use the API."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator, Field, WithJsonSchema

from domain.model import Frozen, Strict
from domain.roles import Right, Role
from records.tokens import NAME_PATTERN, NewToken
from starter.api.access import Granter, Reader
from starter.api.inputs import Whole
from starter.api.problems import refusals
from starter.api.services import Given
from starter.gateway.problems import Refusal

router = APIRouter(tags=["tokens"])


def _no_approver(role: Role) -> Role:
    if role is Role.APPROVER:
        raise ValueError("an approver's token is made with `waybill token create --person`")
    return role


GrantedRole = Annotated[
    Role,
    AfterValidator(_no_approver),
    WithJsonSchema({"type": "string", "enum": [role for role in Role if role is not Role.APPROVER]}),
]


class TokenShown(Frozen):
    """A token; its secret is known to nobody."""

    name: str
    role: Role
    person: str = Field(description="The approver whose decisions are taken with it; empty: nobody's.")
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_on: date | None


class Me(Frozen):
    """The token that was sent."""

    name: str
    role: Role
    person: str
    rights: tuple[Right, ...]
    expires_at: datetime | None


class TokenWanted(Strict):
    """What a token is to be. One for an approver is made on the command line, where the person is named."""

    name: str = Field(pattern=NAME_PATTERN)
    role: GrantedRole
    days: Whole = Field(default=90, ge=1, le=3650, description="How long it is good.")


class TokenMade(Frozen):
    """A new token's secret: it is shown this once."""

    name: str
    secret: str
    expires_at: datetime


@router.get("/me", responses=refusals())
async def show_me(caller: Reader) -> Me:
    """Show what the token that was sent is good for."""
    return Me.model_validate({**caller.token.model_dump(), "rights": sorted(caller.rights)})


@router.get("/tokens", responses=refusals())
async def list_tokens(_: Granter, given: Given) -> tuple[TokenShown, ...]:
    """List the tokens that are not revoked."""
    return tuple(TokenShown.model_validate(token.model_dump()) for token in await given.tokens.all())


@router.post("/tokens", status_code=201, responses=refusals(409))
async def create_token(caller: Granter, wanted: TokenWanted, given: Given) -> TokenMade:
    """Make a token."""
    expires_at = given.now + timedelta(days=wanted.days)
    new = NewToken(name=wanted.name, role=wanted.role, created_by=caller.name, expires_at=expires_at)
    secret = await given.tokens.create(new, given.now)
    return TokenMade(name=new.name, secret=secret, expires_at=expires_at)


@router.delete("/tokens/{name}", status_code=204, responses=refusals(404))
async def revoke_token(
    _: Granter, name: Annotated[str, Path(pattern=NAME_PATTERN)], given: Given
) -> Response:
    """Make a token open nothing from now on."""
    if not await given.tokens.revoke(name, given.now):
        raise Refusal(404, f"there is no token {name}")
    return Response(status_code=204)
