"""The exit codes, as the help and the documentation say them."""

from enum import IntEnum


class Code(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    DIFFERENT = 1
    USAGE = 2
    DECLINED = 3
    NOT_FOUND = 4
    NO_ANSWER = 5


MEANINGS = (
    "Exit codes: 0 done · 1 a check found something wrong · 2 wrong usage · 3 the order declined ·"
    " 4 not found · 5 no answer · 69 something needed is not there or not set · 70 a defect of Waybill ·"
    " 130 stopped by Ctrl-C"
)
