"""Tests of risk_engine.people."""
