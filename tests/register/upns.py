"""UPNs and what is right or wrong with them. Invented, but for the example python-stdnum publishes (the first)."""

GOOD = [
    # number, temporary
    ("B801200005001", False),
    ("P884999926001", False),
    ("Q884999920123", False),
    ("A884999925987", False),
    ("N88499992601A", True),  # a final A is worth 0
    ("L88499992699Z", True),  # a final Z is worth 22
    ("R999999926001", False),  # council 999 does not exist: the demonstration's
    ("A000000000000", False),  # arithmetic only
]
WRONG_LETTER = ["A801200005001", "A884999926001", "P884999926010"]
WRONG_SHAPE = ["I884999926001", "B80120000500", "B8012000050011", "N88499992601S"]
MENDED = [("b801200005001", "B801200005001"), ("  B801 2000 05001 ", "B801200005001")]
