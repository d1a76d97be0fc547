"""What a country could do: single measures, and sets of them that reach a goal."""
