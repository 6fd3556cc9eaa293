"""Tests of risk_engine.facts."""
