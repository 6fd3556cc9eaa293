"""Tests of risk_engine.digest."""
