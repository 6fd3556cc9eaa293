"""Collateral and guarantees, and loss given default after them."""
