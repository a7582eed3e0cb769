"""Draw the module's logo.png: a parcel with a way through it. `python deploy/prestashop/draw_logo.py`."""

import struct
import zlib
from pathlib import Path

SIZE = 57
LOGO = Path(__file__).parent / "waybill" / "logo.png"

_CLEAR, _BOX, _TAPE, _WAY = (0, 0, 0, 0), (28, 78, 128, 255), (120, 170, 215, 255), (255, 255, 255, 255)


def pixel(x: int, y: int) -> tuple[int, int, int, int]:
    """Return the colour of one point."""
    if not (5 <= x < SIZE - 5 and 9 <= y < SIZE - 9):
        return _CLEAR
    shaft = 14 <= x < 34 and 26 <= y < 31
    head = x >= 34 and abs(y - 28) <= 43 - x
    if shaft or head:
        return _WAY
    return _TAPE if 9 <= y < 16 else _BOX


def drawing() -> bytes:
    """Return the picture as PNG."""
    rows = b"".join(
        b"\0" + b"".join(bytes(pixel(x, y)) for x in range(SIZE)) for y in range(SIZE)
    )  # each row begins with its filter: none
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    LOGO.write_bytes(drawing())
