"""A real Chromium per account: found, started, signed in, watched, and never left behind."""
