"""The pages that are made from the code are what the code says now."""

import re
from pathlib import Path

import pytest

from docs import configuration_page, sandbox_page

ROOT = Path(__file__).parents[2]


def test_the_configuration_page_is_current() -> None:
    assert (ROOT / "docs/configuration.md").read_text("utf-8") == configuration_page.page()


def test_the_sandbox_page_is_current() -> None:
    assert (ROOT / "docs/sandboxes.md").read_text("utf-8") == sandbox_page.page()


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))], ids=lambda page: page.name
)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_lock_files_name_no_index_and_hash_everything() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / "deploy" / name).read_text("utf-8")
        pinned = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
        assert len(pinned) > 20
        assert "://" not in text
        assert "--index" not in text
        assert text.count("--hash=sha256:") >= len(pinned)
