"""Tests of risk_engine.approvals."""
