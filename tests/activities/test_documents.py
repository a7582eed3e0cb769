"""How kept papers are called."""

import pytest

from activities.documents import file_name
from domain.policy import PaperKind


@pytest.mark.parametrize(
    ("kind", "number", "name"),
    [
        (PaperKind.INVOICE, "901", "invoice-901.pdf"),
        (PaperKind.CREDIT_NOTE, "RINV/2026/0001", "credit-note-RINV-2026-0001.pdf"),
        (PaperKind.DELIVERY, "../WH OUT", "delivery-..-WH-OUT.pdf"),
    ],
)
def test_a_papers_file_is_called_by_kind_and_number(kind: PaperKind, number: str, name: str) -> None:
    assert file_name(kind, number) == name
