"""Boatyard's terminal interface: a client of the engine, and of nothing below it."""
