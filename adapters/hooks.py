"""Hooks as they are installed: found by entry points, loaded once, each checked against its contract."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from adapters.ports import Finding
from domain.errors import HookFailed
from domain.hook_signatures import HookFunction, HookUnfit, Signature, signature_of
from domain.hooks import GROUP, HookPoint

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NAME_FIX = "Name it in small letters, digits and _, beginning with a letter."


@dataclass(frozen=True, slots=True)
class InstalledHook:
    """A hook that can be called: its function, and the package it came with (`museum-hooks 1.2`)."""

    name: str
    package: str
    function: HookFunction
    signature: Signature

    @property
    def points(self) -> tuple[HookPoint, ...]:
        """The points it fits, in the order of an order's life."""
        return tuple(point for point in HookPoint if point in self.signature.points)


@dataclass(frozen=True, slots=True)
class HookFault:
    """A registered hook that cannot be called: why, and what to do about it."""

    name: str
    package: str
    sentence: str
    fix: str


class InstalledHooks:
    """The hooks of this Python, loaded when first asked for: their code runs then."""

    @cached_property
    def hooks(self) -> Mapping[str, InstalledHook]:
        """Those that can be called, by name."""
        return {found.name: found for found in self._found if isinstance(found, InstalledHook)}

    @cached_property
    def faults(self) -> tuple[HookFault, ...]:
        """Those that cannot."""
        return tuple(found for found in self._found if isinstance(found, HookFault))

    def hook(self, name: str, point: HookPoint) -> InstalledHook:
        """Return a hook that fits a point. Raises `HookFailed` that says why there is none."""
        for fault in self.faults:
            if fault.name == name:
                raise HookFailed(f"the hook {name}: {fault.sentence}", remedy=fault.fix)
        if name not in self.hooks:
            remedy = (
                "Install the package it comes with where the worker runs, start the worker again, continue."
            )
            raise HookFailed(f"there is no hook {name} here", remedy=remedy)
        hook = self.hooks[name]
        if point not in hook.signature.points:
            fitting = ", ".join(hook.points)
            raise HookFailed(f"the hook {name} does not fit {point.value}; it fits {fitting}")
        return hook

    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """Tell of each registered hook whether it can be called."""
        good = [
            (hook.name, Finding(what=f"of {hook.package}, for {', '.join(hook.points)}", ok=True))
            for hook in self.hooks.values()
        ]
        bad = [
            (fault.name, Finding(what=f"of {fault.package}: {fault.sentence}", ok=False, fix=fault.fix))
            for fault in self.faults
        ]
        return (*good, *bad)

    @cached_property
    def _found(self) -> tuple[InstalledHook | HookFault, ...]:
        return tuple(_loaded_all(sorted(entry_points(group=GROUP), key=lambda entry: entry.name)))


def _loaded_all(entries: list[EntryPoint]) -> Iterator[InstalledHook | HookFault]:
    often = Counter(entry.name for entry in entries)
    packages = {name: [_package(entry) for entry in entries if entry.name == name] for name in often}
    for name, count in often.items():
        if count > 1:
            both = ", ".join(packages[name])
            yield HookFault(
                name[:60], both, "several packages bring a hook of this name", "Rename all but one."
            )
    yield from (_loaded(entry) for entry in entries if often[entry.name] == 1)


def _loaded(entry: EntryPoint) -> InstalledHook | HookFault:
    name, package = entry.name[:60], _package(entry)
    if not _NAME.fullmatch(entry.name):
        return HookFault(name, package, "its name cannot be written in rules", _NAME_FIX)
    try:
        function = entry.load()
    # The code is not ours: whatever it does when it is loaded must not stop the orders of others.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        said = f"{type(error).__name__}: {str(error)[:200]}"
        return HookFault(
            name, package, f"{entry.value} does not load ({said})", "Mend or install what it needs."
        )
    try:
        return InstalledHook(name, package, function, signature_of(function))
    except HookUnfit as unfit:
        return HookFault(name, package, str(unfit), "Change the function; docs/hooks.md shows how.")


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown package"
