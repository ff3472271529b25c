"""The pane with what goes on in a workspace: conversation, processes, checkpoints, and the prompt below."""
