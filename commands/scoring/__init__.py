"""Score the book, show and explain a score, and override a grade."""
