"""The annual plan: what the office promised, and the records that show how it is kept."""
