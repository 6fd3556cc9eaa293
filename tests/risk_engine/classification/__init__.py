"""Tests of risk_engine.classification."""
