"""Reports of how a plan is going: one value with the figures, one row of blocks, and a rendering of it for each
format."""
