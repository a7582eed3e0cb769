"""Stand-ins of outside systems as real HTTP servers, for the demo, the tests and the benchmarks.

Each follows the vendor's documented behaviour, refuses what the real system refuses, keeps a ledger
that a test can read, and has switches that make it fail the way the real one fails.
"""
