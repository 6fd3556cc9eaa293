"""Tests of risk_engine.repayment."""
