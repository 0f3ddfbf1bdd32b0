"""What all tests share."""

import pytest

from bot.runtime.lexicon_files import available_languages, load_screen
from bot.runtime.settings import shipped_words
from tests import CACHE


def pytest_configure(config: pytest.Config) -> None:
    """Prove the shipped lexicons once, before workers and processes begin, so that none waits for it."""
    if not hasattr(config, "workerinput"):
        folder = shipped_words() / "lexicon"
        load_screen(available_languages(folder), folder, CACHE)
