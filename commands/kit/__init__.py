"""What the commands are made of: reading a line, a form, a refusal in words, blocks, notices."""
