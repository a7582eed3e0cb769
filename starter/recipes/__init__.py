"""Rule sets to begin with: copied, adapted, tried with `waybill rules test` and published."""

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


def recipes() -> tuple[Recipe, ...]:
    """Return the recipes, those that everybody needs first."""
    names = sorted(path.stem for path in _FOLDER.glob("*.yaml"))
    return tuple(_recipe(name) for name in (*TEMPLATES, *(name for name in names if name not in TEMPLATES)))


def _recipe(name: str) -> Recipe:
    path = _FOLDER / f"{name}.yaml"
    purpose = path.read_text("utf-8").partition("\n")[0]
    return Recipe(name, purpose.removeprefix("#").strip(), path)
