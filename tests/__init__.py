"""Tests mirror the tree; journeys/ are whole stories, wire/ real sockets and faults."""

from pathlib import Path

CACHE = Path(__file__).resolve().parents[1] / "var" / "cache"
"""Lexicons that were proved before; processes that tests start are shown it as well."""
