"""A plan on the desk, one file for each thing that a person does there."""
