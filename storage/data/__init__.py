"""Facts: imports and exports, versions, quality, and the sample book."""
