"""Documents that people read: delivery notes, invoices, credit notes, labels, as files."""

from pydantic import Field

from domain.model import Frozen


class KeptDocument(Frozen):
    """A file in the document store. `sha256` is its address there and proves its content; `version` counts
    the different files of one document, from 1."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str
    media_type: str = "application/pdf"
    size: int
    version: int = 1
