"""EasyPost, API v2: many carriers, the United States first.

Written after docs.easypost.com (shipments, returns, errors) and calls that the vendor recorded for its own
Python client (github.com/EasyPost/easypost-python, tests/cassettes).
"""
