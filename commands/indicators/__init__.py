"""Follow indicators, alert on breaches and answer them."""
