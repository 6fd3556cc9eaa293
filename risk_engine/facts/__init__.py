"""Facts as columns: the inputs of scoring, and the facts known on a past day."""
