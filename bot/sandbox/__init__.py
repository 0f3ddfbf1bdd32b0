"""A pretend Discord in the browser, so anyone can try the bot without an account."""
