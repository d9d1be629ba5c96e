"""The limits of reading a statement, each beside its reason."""

MIB = 1024 * 1024

# A hundred thousand camt entries of one kilobyte; more would not fit the child's memory.
STATEMENT_BYTES_MAX = 100 * MIB

# Beyond what one import may hold; a year of a busy shop has a tenth of it.
ENTRIES_MAX = 200_000

# ISO 20022 gives an amount 18 digits, SWIFT 15; a longer one is no amount of money.
AMOUNT_DIGITS_MAX = 18

# Zeros in front are none of the 18; a text longer than this is no amount all the same.
AMOUNT_CHARACTERS_MAX = 64

# No bank keeps its books outside these years; 0001 and 9999 stand for "unknown".
YEAR_MIN = 1900
YEAR_MAX = 2100

# What one entry may say about itself; a longer text is cut, for it is shown in a grid.
TEXT_CHARACTERS_MAX = 2_000

# SWIFT gives `:86:` 390 characters, the most generous bank a few thousand.
NARRATIVE_CHARACTERS_MAX = 8_000

# A batch of ten thousand payments is one line of the books: the first few tell what it is.
BATCH_TEXTS_MAX = 10

# How far into a file the format is looked for: envelopes and comments are shorter.
DETECTION_BYTES = 64 * 1024

# All members of a zip together: they are read in the same memory as one file. The other limits
# of an archive are those of every upload (foundation.archives).
ZIP_UNPACKED_BYTES_MAX = STATEMENT_BYTES_MAX

# The child process that reads uploads.
CHILD_MEMORY_BYTES = 512 * MIB
CHILD_CPU_SECONDS = 20
# Twice the CPU time: a busy machine gives a process half of a core.
CHILD_WALL_SECONDS = 40
# A line of the child's answer holds a chunk of entries; a longer one is no answer of ours.
ENTRIES_PER_ANSWER_LINE = 500
ANSWER_LINE_BYTES_MAX = 32 * MIB
