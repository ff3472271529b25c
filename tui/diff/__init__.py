"""The pane with what a workspace changed."""
