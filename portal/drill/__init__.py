"""A drill of the busiest day, in a database of its own."""
