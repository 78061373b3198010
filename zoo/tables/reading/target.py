"""What is predicted: the classes of the target column, or numbers."""

from zoo.core.errors import UserError
from zoo.core.messages import brief, listed, shown
from zoo.tables.kinds import CATEGORY, CLASSIFICATION, NUMBER, REGRESSION
from zoo.tables.reading.ids import are_codes
from zoo.tables.reading.number_cells import CODE, number_in, read_number
from zoo.tables.reading.number_columns import number_format
from zoo.tables.reading.surveyed_column import SurveyedColumn
from zoo.tables.reading.text_columns import are_booleans, spelling_notices, truth
from zoo.tables.schema import PLAIN, CellFormat

MOST_CLASSES = 100  # a target of more different texts is probably another column
WHOLE_CLASSES = 10  # a target of at most so many different whole numbers may be classes ...
CLASS_BELOW, CLASS_RANGE = 100, 20  # ... if they are smaller than this and no farther apart: 0 to 9, but not 2015 to 2022


def classes_of(column: SurveyedColumn, task: str | None) -> tuple[tuple[str, ...], CellFormat, list[str]]:
    """The classes of the target column, empty where it is a number; how its cells are written; and notices for the user.

    Args:
        column: to predict.
        task: CLASSIFICATION or REGRESSION; None: the cells decide.

    Raises:
        UserError: where the cells leave open what they are, and where they are dates, a single value or too many texts.
    """
    survey, name = column.survey, column.name
    task = task or {NUMBER: REGRESSION, CATEGORY: CLASSIFICATION}.get(column.hints.kinds.get(name, ""))
    cell_format = CellFormat(missing=survey.missing_texts)
    if survey.dated and task != CLASSIFICATION:
        _, cell = column.example_of_dates()
        raise UserError(
            f"{column.path}: {name} is dates, like {cell!r}, which cannot be predicted as they are: write "
            "numbers instead, perhaps the days since the first date, or set the task to classification"
        )
    codes = are_codes(column)
    numeric = survey.numeric and (task == REGRESSION or not codes)
    mistake = task is None and not codes and survey.mostly(survey.alike.total())
    if not numeric and (task == REGRESSION or mistake):
        raise column.not_a_number()
    if numeric:
        cell_format, notices = number_format(column, cell_format)
        values = {cell: read_number(cell, cell_format) or 0.0 for cell in survey.texts if cell not in survey.missing_words}
        different = set(values.values())
        measured = task == REGRESSION or (task is None and (survey.many or not _are_labels(different)))
        if measured and (survey.many or len(different) > 1):
            return (), cell_format, notices
        in_order = sorted(values, key=lambda cell: (values[cell], cell))
        classes = tuple(dict.fromkeys(class_name(cell, cell_format) for cell in in_order))
    else:
        classes, notices = _classes_of_texts(column)
        notices += spelling_notices(column, "classes")
    _check_count(column, classes, numeric)
    return classes, cell_format, notices


def class_name(cell: str, cell_format: CellFormat = PLAIN) -> str:
    """The name of a class: whole numbers without a decimal point, other cells as they are."""
    number, value = number_in(cell), read_number(cell, cell_format)
    if value is None or not number or number.unit or number.mark == CODE:
        return cell
    return str(int(value)) if value.is_integer() else cell


def _classes_of_texts(column: SurveyedColumn) -> tuple[tuple[str, ...], list[str]]:
    """The classes of texts, and notices: of the spellings of yes and no that are read as one, and of words read as missing."""
    counts, texts = column.survey.texts, set(column.survey.texts) - set(column.survey.missing_words)
    if not are_booleans(texts):
        return tuple(sorted(counts)), []
    classes, notices = [], column.words_notices()
    for value in (False, True):
        name, *others = sorted((text for text in texts if truth(text) is value), key=lambda text: (-counts[text], text))
        classes.append(name)
        notices += [f"{column.name}: {listed([repr(each) for each in others])} is read as {name!r}"] if others else []
    return tuple(classes), notices


def _check_count(column: SurveyedColumn, classes: tuple[str, ...], numeric: bool) -> None:
    """Raises UserError for a single class, and for too many."""
    survey, path, name = column.survey, column.path, column.name
    if len(classes) == 1:
        raise UserError(f"{path}: column {name!r} is {brief(classes[0])!r} in every row: there is nothing to tell apart")
    if survey.many or len(classes) > MOST_CLASSES:
        if not numeric and survey.like_numbers > survey.known / 2:
            raise column.not_a_number()
        count = f"more than {len(survey.texts) - 1:,}" if survey.many else f"{len(classes):,}"
        raise UserError(
            f"{path}: {shown(name)} has {count} different values; {MOST_CLASSES} classes are the most: is it the right column?"
        )


def _are_labels(values: set[float]) -> bool:
    """Whether the different values of a target are names of classes rather than measurements."""
    if len(values) > WHOLE_CLASSES or not all(value.is_integer() for value in values):
        return False
    near = max(values) - min(values) <= CLASS_RANGE and max(map(abs, values)) < CLASS_BELOW
    return len(values) <= 2 or near
