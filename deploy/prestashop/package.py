"""Pack the PrestaShop module for upload: `make prestashop-module`."""

import sys
import zipfile
from pathlib import Path

MODULE = Path(__file__).parent / "waybill"
TARGET = Path(__file__).parents[2] / "var" / "waybill-prestashop.zip"

_SAME_DATE = (2026, 1, 1, 0, 0, 0)


def pack(target: Path) -> None:
    """Write the zip. The same files give the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in MODULE.rglob("*") if path.is_file()):
            # PrestaShop takes the module's name from the folder inside.
            entry = zipfile.ZipInfo(f"waybill/{file.relative_to(MODULE).as_posix()}", _SAME_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    pack(TARGET)
    sys.stdout.write(f"{TARGET}: upload it in the shop's module manager\n")
