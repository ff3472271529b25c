"""What the application is made of: looks, the terminal, the engine."""
