"""Whole machines of real processes, used like a person uses them."""
