"""One module a benchmark: ``ways(size)`` gives ours, the plain way and the bare limit."""
