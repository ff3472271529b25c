"""Workspaces from their making to their removal: operations of named steps, snapshots, ends of turns."""
