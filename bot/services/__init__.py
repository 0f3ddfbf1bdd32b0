"""What people can do: one class per area, one method per use case."""
