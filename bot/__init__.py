"""Talking Piece: a self-hosted Discord bot for peer support groups."""

__version__ = "0.1.0"
