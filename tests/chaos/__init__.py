"""Long campaigns of kills and broken networks; each prints what was hit, and fails if anything was lost or doubled, or nothing hit."""
