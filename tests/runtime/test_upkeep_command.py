"""What the operator is told about the words."""

from datetime import timedelta
from pathlib import Path

from bot.runtime.helpline_files import load_directory
from bot.runtime.settings import shipped_words
from bot.runtime.upkeep_command import hidden_helplines

FOLDER = shipped_words()
LINES = load_directory(FOLDER / "helplines.toml").lines


def test_lines_nobody_checked_for_a_year_are_named_to_the_operator() -> None:
    """S12: hidden, and reported."""
    oldest = min(line.checked for line in LINES)
    assert hidden_helplines(FOLDER, oldest + timedelta(days=365)) == []
    told = hidden_helplines(FOLDER, max(line.checked for line in LINES) + timedelta(days=366))
    assert len(told) == len(LINES)
    assert all("is hidden" in sentence for sentence in told)


def test_dates_that_are_still_to_come_are_named_too() -> None:
    newest = max(line.checked for line in LINES)
    assert any(
        "still to come" in sentence for sentence in hidden_helplines(FOLDER, newest - timedelta(days=1))
    )


def test_a_file_that_is_wrong_is_said_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "helplines.toml").write_text("nor = 'helplines'", encoding="utf-8")
    assert hidden_helplines(tmp_path, min(line.checked for line in LINES)) == []
