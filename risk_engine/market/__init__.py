"""Market risk of a borrower: sensitivities and break-even moves."""
