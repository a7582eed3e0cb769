"""PDF files with lines of text: small, but real ones."""

import io
from collections.abc import Sequence

import pydyf

_WIDTH, _HEIGHT, _MARGIN, _LEADING = 595, 842, 50, 16
_LINES_ON_A_PAGE = 44


def pdf_of(lines: Sequence[str]) -> bytes:
    """Return a PDF file with these lines, the same bytes for the same lines."""
    pages = [lines[at : at + _LINES_ON_A_PAGE] for at in range(0, len(lines), _LINES_ON_A_PAGE)]
    pdf = pydyf.PDF()
    font = pydyf.Dictionary(
        {"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica", "Encoding": "/WinAnsiEncoding"}
    )
    pdf.add_object(font)
    for page in pages:
        _add_page(pdf, font, page)
    file = io.BytesIO()
    pdf.write(file)
    return file.getvalue()


def _add_page(pdf: pydyf.PDF, font: pydyf.Dictionary, lines: Sequence[str]) -> None:
    stream = pydyf.Stream()
    for number, line in enumerate(lines):
        stream.begin_text()
        stream.set_font_size("F1", 10)
        stream.set_text_matrix(1, 0, 0, 1, _MARGIN, _HEIGHT - _MARGIN - number * _LEADING)
        stream.stream.append(_shown(line))
        stream.end_text()
    pdf.add_object(stream)
    page = pydyf.Dictionary(
        {
            "Type": "/Page",
            "Parent": pdf.pages.reference,
            "MediaBox": pydyf.Array([0, 0, _WIDTH, _HEIGHT]),
            "Contents": stream.reference,
            "Resources": pydyf.Dictionary({"Font": pydyf.Dictionary({"F1": font.reference})}),
        }
    )
    pdf.add_page(page)


def _shown(text: str) -> bytes:
    """Return the operator that shows a text in the font's own encoding, which is not Unicode."""
    plain = text.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        plain = plain.replace(sign, b"\\" + sign)
    return b"(" + plain + b") Tj"
