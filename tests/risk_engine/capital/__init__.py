"""Tests of risk_engine.capital."""
