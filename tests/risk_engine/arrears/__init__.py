"""Tests of risk_engine.arrears."""
