"""What `boatyard doctor` looks at, one file for each kind of thing, and what can be put right by it."""
