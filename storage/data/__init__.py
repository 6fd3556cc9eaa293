"""Facts: files in and out, versions, quality, and the sample book."""
