"""Rule sets to begin with: copied, adapted, tried with `waybill rules test` and published."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TEMPLATES = ("large_orders", "new_customers", "low_stock")
"""Those that nearly everybody needs come first."""

_FOLDER = Path(__file__).parent


class Recipe(NamedTuple):
    """A rule set as a file, with what it is for in one sentence."""

    name: str
    purpose: str
    path: Path


def recipes() -> Iterator[Recipe]:
    """Yield the recipes, those that everybody needs first."""
    names = sorted(path.stem for path in _FOLDER.glob("*.yaml"))
    for name in (*TEMPLATES, *(name for name in names if name not in TEMPLATES)):
        path = _FOLDER / f"{name}.yaml"
        purpose = path.read_text("utf-8").partition("\n")[0]
        yield Recipe(name, purpose.removeprefix("#").strip(), path)
