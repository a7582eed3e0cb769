"""Mappings: what a store's order says, written into an ERP's fields; and an ERP's article into a product.

A mapping is a list of entries: a target, the path it is read from, transforms, a value table, a default. All
that can be wrong with it is found before it is published, see `check`; `apply` raises nothing.
"""
