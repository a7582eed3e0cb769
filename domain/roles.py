"""Who may do what over the API: one table of roles and rights."""

from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """Something that a token may be good for."""

    READ = "read"  # look at everything
    OPERATE = "operate"  # correct, continue, hold, release, cancel, return; try a connection, put aside
    DECIDE = "decide"  # approve and reject, as the person whom the token is bound to
    PUBLISH = "publish"  # write drafts of rules and mappings, publish and roll back
    GRANT = "grant"  # make and revoke tokens


class Role(StrEnum):
    """What a token is made for."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    INTEGRATOR = "integrator"
    ADMIN = "admin"


_OPERATOR = frozenset({Right.READ, Right.OPERATE})
RIGHTS = MappingProxyType(
    {
        Role.VIEWER: frozenset({Right.READ}),
        Role.OPERATOR: _OPERATOR,
        Role.APPROVER: _OPERATOR | {Right.DECIDE},
        Role.INTEGRATOR: _OPERATOR | {Right.PUBLISH},
        Role.ADMIN: frozenset(Right),
    }
)


def roles_with(right: Right) -> tuple[Role, ...]:
    """Return the roles that have a right."""
    return tuple(role for role, rights in RIGHTS.items() if right in rights)
