"""Plain tools with no models: everything above may stand on them, and they stand on nothing of ours."""
