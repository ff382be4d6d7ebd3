"""What a chart holds, read back from its axes."""


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def notes(ax):
    return [text.get_text() for text in ax.texts]
