"""The five categories of a loan, and the cure from non-performing."""
