"""The expected "no": a key of data/text with its facts, turned into one sentence by the ui."""

Fact = object


class Refusal(Exception):
    """Raised by domain and services when something cannot be done as asked.

    key: where the sentence stands under data/text/<lang>/, without the language.
    facts: the named fields of that sentence.
    """

    def __init__(self, key: str, **facts: Fact) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts
