from goals.growing.progress import ReceivedTitles


def test_each_title_is_read_once_and_a_half_one_not_yet() -> None:
    received = ReceivedTitles()
    answer = '{"branches": [{"title": "Gram'
    assert received.read(answer) == []
    answer += 'mar", "description": "x", "skills": [{"title" : "\\u00d1 \\"<b>a</b>\\"'
    assert received.read(answer) == ["Grammar"]
    assert received.read(answer + '"}]}') == ["Grammar", 'Ñ " a "']
    assert received.read(answer + '"}]}') == ["Grammar", 'Ñ " a "']
