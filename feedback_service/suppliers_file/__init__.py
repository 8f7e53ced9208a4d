"""suppliers.yaml: read, checked to the last field with line numbers, and turned into domain values."""
