"""Requests of people and of the clock, and the answers shown."""
