"""Sources of repayment against the maturities of the coming months."""
