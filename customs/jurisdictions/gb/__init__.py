"""Great Britain: assessment with customs' own rounding, down to the penny."""
