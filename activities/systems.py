"""The connected systems by the names that the configuration gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.label_port import LabelPort
from adapters.ports import ErpPort, StorePort
from domain.errors import BadConfiguration
from domain.policy import Pair


@dataclass(frozen=True)
class Systems:
    """Stores, ERPs, the pairs between them by store, label services, and the pairs that rules route to.

    Each lookup raises `BadConfiguration` for an unknown name. Whoever waits because of one goes on by itself
    when the name is there again; only what a rule chose by name is held for a person.
    """

    stores: Mapping[str, StorePort]
    erps: Mapping[str, ErpPort]
    pairs: Mapping[str, Pair]
    labels: Mapping[str, LabelPort] = field(default_factory=dict)
    routes: Mapping[str, Pair] = field(default_factory=dict)

    def store(self, connection: str) -> StorePort:
        """Return the store of a connection."""
        if connection not in self.stores:
            raise _gone(f"there is no store {connection} in waybill.toml", connection)
        return self.stores[connection]

    def erp(self, connection: str) -> ErpPort:
        """Return the ERP of a connection."""
        if connection not in self.erps:
            raise _gone(f"there is no ERP {connection} in waybill.toml", connection)
        return self.erps[connection]

    def label(self, connection: str) -> LabelPort:
        """Return the label service of a connection."""
        if connection not in self.labels:
            raise _gone(f"there is no label service {connection} in waybill.toml", connection)
        return self.labels[connection]

    def pair_of(self, store: str, routed_to: str = "") -> Pair:
        """Return the pair that a store belongs to, or the one that a rule sent its order to."""
        if routed_to:
            route = self.routes.get(routed_to)
            if route is None or route.store != store:
                raise BadConfiguration(
                    f"no pair {routed_to} in waybill.toml takes orders of {store} by rule",
                    remedy="Put the pair back, start the workers again, then continue the order.",
                )
            return route
        if store not in self.pairs:
            raise _unpaired(store)
        return self.pairs[store]

    def missing(self, connection: str) -> BadConfiguration | None:
        """Return why nobody can work with a connection whatever it answers: it has no setting, or no pair."""
        if connection in self.pairs or connection in self.erps or connection in self.labels:
            return None
        if connection in self.stores:
            return _unpaired(connection)
        return _gone(f"there is no connection {connection} in waybill.toml", connection)

    async def close(self) -> None:
        """Give back all connections."""
        for store in self.stores.values():
            await store.close()
        for erp in self.erps.values():
            await erp.close()
        for label in self.labels.values():
            await label.close()


def _unpaired(store: str) -> BadConfiguration:
    return _gone(f"no pair in waybill.toml names the store {store}", store)


def _gone(sentence: str, connection: str) -> BadConfiguration:
    remedy = (
        "put it back and start the workers and the gateway again; what waits for it then goes on by itself"
    )
    return BadConfiguration(f"{sentence}; {remedy}", remedy=remedy.capitalize() + ".", connection=connection)
