"""Tests of risk_engine.relationship."""
