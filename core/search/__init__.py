"""Full-text search: an index of lines beside the database, which may be deleted and is made again."""
