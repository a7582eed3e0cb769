"""Rules without code: when something happens, if facts are so, then do that. Pure; amounts are Decimal."""
