"""Boatyard's engine and everything under it: git, runners, processes, agents, storage, API, client."""
