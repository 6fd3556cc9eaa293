"""Tests of risk_engine.loans."""
