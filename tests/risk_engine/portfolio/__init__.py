"""Tests of risk_engine.portfolio."""
