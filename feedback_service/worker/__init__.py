"""One supplier's process: an asyncio loop that drives the stages, and the roster's loop beside it."""
