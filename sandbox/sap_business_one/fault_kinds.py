"""What this sandbox can do wrong, and when."""

BEFORE = frozenset(
    {
        "latency",
        "error_500_before",
        "reset_before",
        "session_expired",
        "bad_gateway_html",
        "node_not_ready",
        "rate_limited_429",
        "unavailable_503",
        "login_refused",
    }
)
"""Kinds that strike before anything is written."""

INSIDE = frozenset({"approval_procedure", "credit_block", "closed_period", "read_lag", "late_commit"})
"""Kinds that strike inside the document engine."""

GATEWAY = frozenset({"pdf_failed", "pdf_garbled", "pdf_not_a_pdf", "pdf_login_refused"})
"""Kinds that strike the API Gateway alone; most of the first ones strike it too."""

AFTER_COMMIT = frozenset(
    {
        "error_500_after_commit",
        "reset_after_commit",
        "hang_after_commit",
        "truncate_after_commit",
        "bad_gateway_html_after_commit",
    }
)
"""Kinds that strike a request that has written something: the write stays, the answer is lost."""

FAULT_KINDS = BEFORE | INSIDE | GATEWAY | AFTER_COMMIT
