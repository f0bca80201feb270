"""The photo memory: originals kept whole, published copies clean of private data."""
