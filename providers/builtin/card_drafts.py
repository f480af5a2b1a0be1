"""Flashcards from plain sentences: a definition becomes a question, any other sentence a cloze."""

import re
from collections import Counter
from collections.abc import Collection

from base.stop_words import STOP_WORDS
from providers.builtin.relevance import central
from providers.builtin.sentences import keywords, sentences, words
from providers.builtin.stemming import DEFAULT_LANGUAGE, language_of
from providers.types import CardProposal

MAX_CARDS = 30
MIN_WORDS = 4
MAX_WORDS = 45
MAX_TERM_WORDS = 4  # more words before a colon are a clause, not a term
TERM = r"(?P<term>(?:(?:The|A|An)\s+)?[^\s,;:()]+(?:\s+[^\s,;:()]+){0,4})"
DEFINITION = re.compile(
    rf"^{TERM}\s+(?P<verb>is|are|means|refers to|is called|is defined as|are defined as)\s+(?P<meaning>.{{8,}}?)[.。]?$"
)
GLOSSARY = re.compile(r"^(?P<term>[^\W_][^:=–—?!.]{1,60}?)\s*(?::|=| [–—-] )\s*(?P<meaning>[^\s:].{7,}?)[.。]?$")
# Words that refer to another sentence, which the card would not show.
REFERRING_WORD_LIST = """
it this that these those they he she we you i there here what which who one such both each another his her their
its our your my some many most not
"""
REFERRING_WORDS = frozenset(REFERRING_WORD_LIST.split())
ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


def draft_cards(material: str, skip: Collection[str] = ()) -> list[CardProposal]:
    """Cards from the material, the most central first: at most one per sentence, and no question twice."""
    usable = [
        sentence for sentence in dict.fromkeys(sentences(material)) if sentence not in skip and _is_usable(sentence)
    ]
    ranked = [usable[index] for index in central(usable, limit=len(usable))]
    language = language_of(usable)
    counts = Counter(word for sentence in usable for word in set(keywords(sentence, language)))
    drafts = [
        card for sentence in ranked if (card := definition_card(sentence) or cloze_card(sentence, counts, language))
    ]
    drafts.sort(key=lambda card: card.kind != "basic")
    return list({card.question.casefold(): card for card in reversed(drafts)}.values())[::-1][:MAX_CARDS]


def definition_card(sentence: str) -> CardProposal | None:
    """A question and its answer, if the sentence says what something is."""
    if match := DEFINITION.match(sentence):
        term, verb, meaning = match["term"], match["verb"], match["meaning"]
        question = _question(term, verb)
    elif (match := GLOSSARY.match(sentence)) and len(words(match["term"])) <= MAX_TERM_WORDS:
        term, meaning = match["term"].strip(), match["meaning"]
        question = f"What is meant by “{term}”?"
    else:
        return None
    if not _is_term(term):
        return None
    return CardProposal(kind="basic", question=question, answer=_sentence_case(meaning))


def cloze_card(sentence: str, counts: Counter[str], language: str = DEFAULT_LANGUAGE) -> CardProposal | None:
    """A cloze that hides the most important word; `counts`: the number of sentences that contain each keyword."""
    if words(sentence)[0].casefold() in REFERRING_WORDS or "{{" in sentence or "}}" in sentence:
        return None
    term = _word_to_hide(sentence, counts, language)
    if term is None:
        return None
    gap = re.sub(rf"(?<!\w){re.escape(term)}(?!\w)", lambda _: f"{{{{c1::{term}}}}}", sentence, count=1)
    return CardProposal(kind="cloze", question=gap, answer=term)


def _is_usable(sentence: str) -> bool:
    if sentence.endswith(("?", "？", ":")):
        return False
    return MIN_WORDS <= len(words(sentence)) <= MAX_WORDS or bool(GLOSSARY.match(sentence))


def _question(term: str, verb: str) -> str:
    first = term.split()[0]
    subject = term if first.isupper() and len(first) > 1 else term[0].lower() + term[1:]
    # A proper noun keeps its capital: only an article or a lone common noun loses it.
    subject = subject if ARTICLE.match(term) or len(term.split()) == 1 else term
    if verb == "means":
        return f"What does {subject} mean?"
    if verb == "refers to":
        return f"What does {subject} refer to?"
    return f"What {'are' if verb.startswith('are') else 'is'} {subject}?"


def _is_term(term: str) -> bool:
    bare = ARTICLE.sub("", term)
    parts = [word.casefold() for word in words(bare)]
    return bool(parts) and parts[0] not in REFERRING_WORDS and bool(keywords(bare)) and not set(parts) & REFERRING_WORDS


def _word_to_hide(sentence: str, counts: Counter[str], language: str) -> str | None:
    """Prefers numbers and names, then words other than the first, then words in many sentences, then long words."""
    candidates = [word for word in words(sentence) if word.casefold() not in STOP_WORDS and len(keywords(word)) == 1]
    if not candidates:
        return None
    first = words(sentence)[0]

    def weight(word: str) -> tuple[bool, bool, int, int]:
        number = any(character.isdigit() for character in word)
        name = word[0].isupper() and word != first
        return (number or name, word != first, counts[keywords(word, language)[0]], len(word))

    best = max(candidates, key=weight)
    return best if len(best) > 2 or best.isdigit() else None


def _sentence_case(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
