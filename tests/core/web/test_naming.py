"""Names that the database picks in the reader's language."""

import pytest
from django.utils import translation

from core.models import Party
from core.web.naming import named


@pytest.mark.parametrize(
    ("language", "chinese", "seen"),
    [
        ("en", "新西兰贸易", "Kowhai Trading"),
        ("zh-hans", "新西兰贸易", "新西兰贸易"),
        ("zh-hans", "", "Kowhai Trading"),
    ],
)
def test_a_name_is_said_in_the_readers_language_where_there_is_one(
    importer, language, chinese, seen
):
    Party.objects.update(name_zh=chinese)

    with translation.override(language):
        assert list(Party.objects.values_list(named(), flat=True)) == [seen]
