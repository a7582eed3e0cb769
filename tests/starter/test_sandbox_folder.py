"""`waybill up` and `demo` throw away what they made themselves, and nothing else."""

from pathlib import Path

import pytest

from starter.cli.running import MARK, fresh
from starter.ending import Unable


def test_a_folder_that_is_not_there_is_made_and_marked(tmp_path: Path) -> None:
    folder = fresh(tmp_path / "var" / "up")

    assert [path.name for path in folder.iterdir()] == [MARK]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert (fresh(tmp_path) / MARK).exists()


def test_a_folder_of_ours_is_emptied(tmp_path: Path) -> None:
    folder = fresh(tmp_path / "up")
    (folder / "waybill.db").write_text("old")
    (folder / "logs").mkdir()
    (folder / "logs" / "worker.log").write_text("old")

    again = fresh(tmp_path / "up")

    assert [path.name for path in again.iterdir()] == [MARK]


@pytest.mark.parametrize("name", ["waybill.toml", "waybill.db", ".git"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, name: str) -> None:
    theirs = tmp_path / name
    theirs.write_text("precious")

    with pytest.raises(Unable) as refusal:
        fresh(tmp_path)

    assert theirs.read_text() == "precious"
    assert not (tmp_path / MARK).exists()
    assert "Name another folder" in str(refusal.value)


def test_a_link_to_a_folder_of_somebody_else_does_not_help(tmp_path: Path) -> None:
    theirs = tmp_path / "home"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("precious")
    (tmp_path / "up").symlink_to(theirs)

    with pytest.raises(Unable):
        fresh(tmp_path / "up")

    assert (theirs / "thesis.txt").exists()
