"""Risk weights and capital, by internal ratings and by the standardised approach."""
