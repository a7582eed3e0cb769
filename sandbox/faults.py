"""Fault switches: what a sandbox does wrong next, how often, and to which requests."""

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One armed fault. Which `kind`s exist is each sandbox's own list."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    times: int | None = Field(default=1, description="How many requests it hits; None: until cleared.")
    method: str | None = Field(default=None, description="Only requests with this HTTP verb.")
    path: str = Field(default="", description="Only requests whose path contains this text.")
    seconds: float = Field(default=0, ge=0, description="For kinds that wait or lag: how long.")
    skip: int = Field(default=0, ge=0, description="Let this many matching requests pass first.")


class FaultBoard:
    """The faults armed on one sandbox."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self._armed: list[Fault] = []

    def arm(self, kind: str, **details: object) -> Fault:
        """Arm a fault; ValueError when this sandbox does not know the kind."""
        fault = Fault.model_validate({"kind": kind, **details})
        if fault.kind not in self.kinds:
            raise ValueError(f"unknown fault {kind!r}; this sandbox knows {', '.join(sorted(self.kinds))}")
        self._armed.append(fault)
        return fault

    def take(self, kind: str, method: str = "", path: str = "") -> Fault | None:
        """Return the first armed fault of that kind that fits the request, and count it as used."""
        for fault in self._armed:
            if fault.kind != kind or (fault.method and fault.method != method) or fault.path not in path:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._armed.remove(fault)
            return fault
        return None

    def armed(self) -> list[Fault]:
        """Return what is still to happen."""
        return list(self._armed)

    def clear(self) -> None:
        """Forget every armed fault."""
        self._armed.clear()
