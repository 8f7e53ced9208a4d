"""Platforms on one machine: replicas behind one HTTP server, with faults, and a ledger of what was written."""
