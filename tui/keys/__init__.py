"""Keys: the table of actions, the keymaps over it, and which of them apply where the user is."""
