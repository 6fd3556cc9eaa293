"""Tests of risk_engine.policy."""
