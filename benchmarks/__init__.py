"""Figures about the service, each measured side by side with what it is compared to."""
