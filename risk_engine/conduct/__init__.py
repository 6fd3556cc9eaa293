"""The conduct of accounts and payments: balances, overdrafts, inflow against debt service, returned and late payments."""
