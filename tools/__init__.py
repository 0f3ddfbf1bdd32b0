"""Tools for those who work on the project; the bot itself needs none of them."""
