"""What pages ask about bank lines: the grid, one line, imports, a month of an account."""
