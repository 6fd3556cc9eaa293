"""Financial statements: periods, accounts, ratios, failure scores and trends."""
