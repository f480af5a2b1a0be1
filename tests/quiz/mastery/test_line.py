from datetime import date

from quiz.mastery.line import HEIGHT, MARGIN, WIDTH, MasteryPoint, line_through


def test_the_line_goes_from_the_first_day_to_the_last() -> None:
    history = [MasteryPoint(date(2026, 3, day), mastery) for day, mastery in ((1, 0.0), (2, 0.5), (5, 1.0))]
    line = line_through(history)
    places = [tuple(map(float, place.split(","))) for place in line.points.split()]
    assert places == [(MARGIN, HEIGHT - MARGIN), (152.0, HEIGHT / 2), (WIDTH - MARGIN, MARGIN)]
    assert (line.end_x, line.end_y) == places[-1]


def test_one_day_is_a_point_at_the_right() -> None:
    line = line_through([MasteryPoint(date(2026, 3, 1), 1.0)])
    assert (line.end_x, line.end_y) == (WIDTH - MARGIN, MARGIN)
