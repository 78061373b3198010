"""The kinds of columns, and the words that stand for a missing cell, for true and for false."""

import numpy as np

NUMBER, CATEGORY, BOOLEAN, DATE = "number", "category", "boolean", "date"
KINDS = {NUMBER: "numbers", CATEGORY: "categories", BOOLEAN: "booleans", DATE: "dates"}
CLASSIFICATION, REGRESSION = "classification", "regression"

# Cells that always mean "missing", in lower case; those of the second line come from spreadsheets.
MISSING = frozenset(
    {"", "na", "n/a", "nan", "null", "?", "<na>", "nat", "-nan", "#n/a", "#n/a n/a", "#na", "\\n"}
    | {"#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!", "1.#qnan", "1.#ind", "-1.#ind"}
)
# Cells that mean "missing" among numbers, dates and booleans. Among texts they may be a category of their own.
NO_ENTRY = frozenset(
    {"none", "nil", "-", "--", "---", "–", "—", ".", "..", "...", "n.a.", "n.a", "n.d.", "n. a.", "k.a.", "k. a.", "missing"}
    | {"unknown", "undefined", "not available", "not applicable", "no data", "(null)", "(blank)", "(none)", "unbekannt"}
)
BOOLEANS = ({"false", "true"}, {"no", "yes"}, {"n", "y"}, {"f", "t"})
TRUE, FALSE = ("true", "yes", "y", "t"), ("false", "no", "n", "f")
ISO_DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
ISO_TIME = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
DATE_BYTES = 16  # of 2024-05-31T12:30; seconds and time zones are dropped

LARGEST = float(np.finfo(np.float32).max)
