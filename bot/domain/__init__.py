"""What is true: rules as plain Python. No I/O, no clock, no Discord, no database."""
