"""Which command or event leads where: thin, one file per area."""
