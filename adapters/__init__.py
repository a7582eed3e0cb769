"""How each outside system speaks: one folder a system, all behind the ports of `adapters.ports`."""
