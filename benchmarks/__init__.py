"""Each hot path beside the plain way and beside its bare limit, as ratios of one run."""
