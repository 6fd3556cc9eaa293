"""The five categories of a loan, and the cure that leads back."""
