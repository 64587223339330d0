"""The study group: it knows no chat platform."""

__version__ = "0.1.0"
