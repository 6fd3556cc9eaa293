"""Tests of risk_engine.security."""
