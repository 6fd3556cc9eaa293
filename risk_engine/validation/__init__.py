"""Validation: discrimination, calibration, stability and back-tests."""
