"""How it looks and answers: cards, buttons, modals, texts. discord.py lives here."""
