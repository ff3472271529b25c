"""The dialogs about tasks, and about all attempts at one."""
