"""Bulletins: written, reviewed, published once, and corrected in the open."""
