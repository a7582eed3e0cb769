"""What this sandbox can do wrong, and when."""

BEFORE = frozenset(
    {
        "latency",
        "error_before",
        "reset_before",
        "bad_gateway_html",
        "unavailable_503",
        "rate_limited_429",
        "busy",
    }
)
"""Kinds that strike before anything is written."""
AFTER_COMMIT = frozenset(
    {
        "error_after_commit",
        "reset_after_commit",
        "hang_after_commit",
        "truncate_after_commit",
        "bad_gateway_html_after_commit",
    }
)
"""Kinds that strike a call that has written something: the write stays, the answer is lost."""
FAULT_KINDS = BEFORE | AFTER_COMMIT
