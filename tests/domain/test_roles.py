"""The table of roles and rights."""

from domain.roles import RIGHTS, Right, Role, roles_with


def test_every_role_has_its_line_and_each_grows_from_the_one_before() -> None:
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.VIEWER] < RIGHTS[Role.OPERATOR] < RIGHTS[Role.APPROVER] < RIGHTS[Role.ADMIN]
    assert RIGHTS[Role.OPERATOR] < RIGHTS[Role.INTEGRATOR] < RIGHTS[Role.ADMIN]


def test_only_approvers_decide_and_only_admins_make_tokens() -> None:
    assert roles_with(Right.DECIDE) == (Role.APPROVER, Role.ADMIN)
    assert roles_with(Right.PUBLISH) == (Role.INTEGRATOR, Role.ADMIN)
    assert roles_with(Right.GRANT) == (Role.ADMIN,)
