"""Mutants of the engine: a line is changed, and a test must go red."""
