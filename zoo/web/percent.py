"""Probabilities as the page writes them."""


def percent(probability: float, digits: int = 1) -> str:
    """A probability in per cent. Only what is impossible is shown as 0, and only what is certain as 100.

    Args:
        probability: from 0 to 1.
        digits: after the decimal point.
    """
    text, least = f"{100 * probability:.{digits}f}", 10.0**-digits
    if probability > 0 and float(text) == 0:
        return f"under {least:.{digits}f} %"
    if probability < 1 and float(text) == 100:
        return f"over {100 - least:.{digits}f} %"
    return f"{text} %"
