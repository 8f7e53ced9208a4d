"""The demo: the sandbox and the real service side by side, watched live, and judged by the sandbox's ledger."""
