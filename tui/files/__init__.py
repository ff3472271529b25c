"""The pane with the files of a workspace, and what is done with one."""
