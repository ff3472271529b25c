"""Executors: how a prompt becomes a process, and its output a conversation."""
