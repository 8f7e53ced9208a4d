"""The only doors out of the service."""
