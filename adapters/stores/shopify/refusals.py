"""What a mutation's `userErrors` mean: the shop understood, and said no."""

from collections.abc import Sequence

from adapters.stores.shopify.models import UserError
from domain.errors import Refused


def check(errors: Sequence[UserError], what: str, connection: str) -> None:
    """Raise `Refused` with the shop's words when a mutation was refused; `what` names it for a person."""
    if not errors:
        return
    words = "; ".join(" ".join(filter(None, (error.code, error.message))) for error in errors)
    raise Refused(
        f"the shop does not take {what}",
        quote=words,
        field=".".join(errors[0].field or ()),
        connection=connection,
    )
