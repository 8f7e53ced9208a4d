"""Ozon's seller cabinet in a browser: its own JSON calls, made from inside the signed-in page, and its forms."""
