"""`python -m starter.cli`: the same as `waybill`."""

from starter.cli import main

main()
