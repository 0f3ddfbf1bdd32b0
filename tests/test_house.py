"""The plan of the house, where the import contracts cannot see it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = [path for room in ("bot", "cogs") for path in sorted((ROOT / room).rglob("*.py"))]
COGS = [path for path in sorted((ROOT / "cogs").glob("*.py")) if path.name != "__init__.py"]
VAGUE = ("Manager", "Helper", "Utils", "Util", "Handler", "Processor")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Classes, functions and methods by public names; not what is defined inside a function."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("_"):
                yield node
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from public(node.body)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_say_what_a_thing_is(path: Path) -> None:
    classes = [node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)]
    assert [name for name in classes if name.endswith(VAGUE)] == []
    assert path.stem not in ("utils", "helpers", "misc", "common")


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_says_what_it_promises(path: Path) -> None:
    assert [node.name for node in public(tree_of(path).body) if ast.get_docstring(node) is None] == []


@pytest.mark.parametrize("path", COGS, ids=lambda path: path.name)
def test_a_cog_only_leads_somewhere(path: Path) -> None:
    """No decisions, no catching, no embeds in a command: who acts, what they do, what they are told."""
    for node in ast.walk(tree_of(path)):
        assert not isinstance(node, ast.If | ast.Try | ast.While), f"{path.name}:{node.lineno}"
        name = getattr(node, "attr", getattr(node, "id", ""))
        assert name not in ("Embed", "View", "send_message", "text"), f"{path.name}: {name}"
    assert len(path.read_text(encoding="utf-8").splitlines()) < 120


def test_the_clock_is_asked_in_one_place() -> None:
    asking = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("utcnow", "now", "today")
        and getattr(node.value, "id", getattr(node.value, "attr", "")) in ("datetime", "date", "utils")
    ]
    allowed = ("bot/runtime/clock.py", "bot/runtime/logs.py", "bot/store/backups.py", "bot/sandbox/")
    assert [place for place in asking if not place.startswith(allowed)] == []
