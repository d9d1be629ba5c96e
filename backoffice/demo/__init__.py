"""One made-up firm, its clients and their month: what `make demo` shows and the tests act on."""
