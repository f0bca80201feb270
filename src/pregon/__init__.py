"""Pregón: the communication office of a town hall, in one system."""

__version__ = "0.1.0"
