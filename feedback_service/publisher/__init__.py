"""The process that works off the reply queue: it delivers announced answers as far as the database wants them."""
