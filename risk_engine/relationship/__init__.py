"""Satisfaction, loyalty and risk-adjusted return of a customer."""
