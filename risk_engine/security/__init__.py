"""Collateral and guarantees, and the loss that they leave."""
