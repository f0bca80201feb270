"""Acts of the government and the coverage that each is due."""
