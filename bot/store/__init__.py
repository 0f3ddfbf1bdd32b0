"""How it is remembered: tables, queries, migrations, encryption."""
