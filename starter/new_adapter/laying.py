"""Write the files of a new adapter from their templates, the port and the suites, and enter its kind."""

import subprocess
import sys
from collections.abc import Container
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

from jinja2 import Environment, PackageLoader, StrictUndefined

from starter.new_adapter.checkout import CannotLay, Checkout, Role, conformance_test, folder
from starter.new_adapter.interface import read_interface
from starter.new_adapter.naming import Naming
from starter.new_adapter.registry import with_kind

KINDS = "starter/kinds.py"
_TEMPLATES = Environment(
    loader=PackageLoader("starter.new_adapter"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - what is written is Python and Markdown
)


@dataclass(frozen=True)
class Laid:
    """What was laid down: files from the root, `test` among them."""

    files: tuple[str, ...]
    test: str


def lay(checkout: Checkout, role: Role, naming: Naming, taken: Container[str]) -> Laid:
    """Lay down an adapter. Raises `CannotLay`, and then nothing was written."""
    if find_spec("ruff") is None:
        raise CannotLay("the tools of development are not installed: run `make lint` once")
    plan = _plan(role, naming)
    checkout.refuse(naming, taken, [*plan.values(), folder(role, naming), f"sandbox/{naming.name}"])
    kinds = with_kind((checkout.root / KINDS).read_text("utf-8"), role, naming)
    written = {path: _rendered(checkout, template, role, naming) for template, path in plan.items()}
    for path, text in {**written, KINDS: kinds}.items():
        file = checkout.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    _format(checkout, [path for path in (*written, KINDS) if path.endswith(".py")])
    return Laid((*written, KINDS), conformance_test(role, naming))


def _format(checkout: Checkout, files: list[str]) -> None:
    """Sort the imports and break the lines, which depend on how long the name is."""
    for command in (["check", "--select", "I", "--fix"], ["format"]):
        asked = [sys.executable, "-m", "ruff", *command, "--quiet", *files]
        subprocess.run(asked, cwd=checkout.root, check=True)  # noqa: S603


def _plan(role: Role, naming: Naming) -> dict[str, str]:
    """Return template → file."""
    adapter, sandbox = folder(role, naming), f"sandbox/{naming.name}"
    state = "shop" if role is Role.STORE else "company"
    return {
        "adapter_package.py.j2": f"{adapter}/__init__.py",
        "settings.py.j2": f"{adapter}/settings.py",
        "client.py.j2": f"{adapter}/client.py",
        "errors.py.j2": f"{adapter}/errors.py",
        "models.py.j2": f"{adapter}/models.py",
        "mapping.py.j2": f"{adapter}/mapping.py",
        f"{role.value}_adapter.py.j2": f"{adapter}/adapter.py",
        "sandbox_package.py.j2": f"{sandbox}/__init__.py",
        "sandbox_state.py.j2": f"{sandbox}/{state}.py",
        "sandbox_doorway.py.j2": f"{sandbox}/doorway.py",
        "sandbox_app.py.j2": f"{sandbox}/app.py",
        f"{role.value}_test.py.j2": conformance_test(role, naming),
        "page.md.j2": f"docs/systems/{naming.name}.md",
    }


def _rendered(checkout: Checkout, template: str, role: Role, naming: Naming) -> str:
    is_store = role is Role.STORE
    return _TEMPLATES.get_template(template).render(
        name=naming.name,
        cls=naming.cls,
        title=naming.title,
        is_store=is_store,
        role="store" if is_store else "ERP",
        package=f"{role.package}.{naming.name}",
        folder=folder(role, naming),
        state="shop" if is_store else "company",
        state_cls=f"{naming.cls}{'Shop' if is_store else 'Company'}",
        test=conformance_test(role, naming),
        interface=partial(read_interface, checkout.root),
    )
