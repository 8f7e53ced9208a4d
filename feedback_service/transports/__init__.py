"""The only doors out of the service, and the reader of what comes in by them."""
