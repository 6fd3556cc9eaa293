"""What the sample borrowers owe, on which terms, and against which security."""
