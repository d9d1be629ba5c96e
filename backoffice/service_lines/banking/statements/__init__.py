"""Reading bank statements: camt.052/053/054, MT940/942, OFX and a zip of these. No database.

`read.read` reads bytes in this process, `limited.read_limited` in a confined child process,
`summary.read_as_json` gives what `backoffice statement read` prints. Nothing is imported here, so
that a command which needs none of it pays for none of it.
"""
