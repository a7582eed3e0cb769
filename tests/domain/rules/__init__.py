"""Rules without code."""
