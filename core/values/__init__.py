"""Value types that every layer and every client shares; nothing here does anything."""
