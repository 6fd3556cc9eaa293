"""Project finance: cash flow, cover ratios, covenants, construction."""
