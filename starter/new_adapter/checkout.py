"""A checkout of this project: the place where a new adapter can be laid down, and what is there already."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from starter.new_adapter.naming import Naming

_MARKS = ("pyproject.toml", "starter/kinds.py", "adapters/ports.py", "tests/adapters/store_conformance.py")


class CannotLay(Exception):
    """No adapter can be laid down; the text is one sentence that says why and what to do."""


class Role(StrEnum):
    """What a new system is."""

    STORE = "store"
    ERP = "erp"

    @property
    def package(self) -> str:
        """The package of such adapters."""
        return f"adapters.{self.value}s"

    @property
    def suites(self) -> str:
        """How the files of such systems' conformance suites are called."""
        return f"{self.value}_conformance*.py"


@dataclass(frozen=True)
class Checkout:
    """A checkout. `root` is the folder with pyproject.toml."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> "Checkout":
        """Return the checkout in a folder. Raises `CannotLay` where there is none."""
        if not all((root / mark).is_file() for mark in _MARKS):
            raise CannotLay(
                "this Waybill was installed as a package: clone its repository and run the command there"
                " (make setup, then .venv/bin/waybill new-adapter …)"
            )
        return cls(root)

    @classmethod
    def of_this_code(cls) -> "Checkout":
        """Return the checkout this code runs from. Raises `CannotLay` for an installed package."""
        return cls.at(Path(__file__).parents[2])

    def refuse(self, naming: Naming, taken: Container[str], files: list[str]) -> None:
        """Raise `CannotLay` for a name that is none or is taken, and for files that are there already."""
        if naming.fault:
            raise CannotLay(naming.fault)
        if naming.name in taken:
            raise CannotLay(f"{naming.name} is taken: `waybill connect kinds` lists the kinds there are")
        there = [each for each in files if (self.root / each).exists()]
        if there:
            raise CannotLay(
                f"{there[0]} is there already{f' (and {len(there) - 1} more)' if len(there) > 1 else ''}:"
                " nothing was written; move it away or choose another name"
            )

    def role_of(self, naming: Naming) -> Role:
        """Tell what a system is by where its adapter lies. Raises `CannotLay` when it has none here."""
        for role in Role:
            if not naming.fault and (self.root / folder(role, naming) / "adapter.py").is_file():
                return role
        raise CannotLay(
            f"there is no adapter {naming.name}: lay one down with `waybill new-adapter store|erp NAME`"
        )


def folder(role: Role, naming: Naming) -> str:
    """Return the folder of a system's adapter."""
    return f"{role.package.replace('.', '/')}/{naming.name}"


def conformance_test(role: Role, naming: Naming) -> str:
    """Return the file that plugs a system into the suites."""
    return f"tests/adapters/test_{naming.name}_{'store' if role is Role.STORE else 'conformance'}.py"
