"""Tests of risk_engine.impairment."""
