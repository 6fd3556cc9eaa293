"""Sources of repayment, month by month, against maturities."""
