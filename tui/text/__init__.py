"""Text made fit for the screen: Markdown, code, colours of programs; nothing that a terminal would obey."""
