"""Tests of risk_engine.audit."""
