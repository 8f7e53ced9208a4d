"""Answers customers' reviews and questions for sellers, on every platform where they sell."""

__version__ = "0.1.0"
