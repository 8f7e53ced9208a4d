"""The text inspector: finds in an answer what must not be published, locally and fast."""
