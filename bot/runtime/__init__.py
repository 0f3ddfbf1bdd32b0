"""How it is started and kept alive."""
