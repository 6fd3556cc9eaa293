"""Tests of risk_engine.financials."""
