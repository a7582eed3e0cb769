"""Sendcloud Returns, API v3: many European carriers.

Written after the vendor's specification "Returns" 3.0.0 (Apache 2.0; sendcloud.dev/api/v3/returns).
"""
