"""Engines for expert expressions and decision tables, one module each."""
