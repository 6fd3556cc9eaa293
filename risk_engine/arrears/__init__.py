"""Arrears: days past due from schedules and payments, and whether they are material."""
