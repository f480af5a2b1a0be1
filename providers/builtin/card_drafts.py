"""Flashcards out of plain sentences: definitions become questions, other sentences lose a word."""

import re
from collections import Counter
from collections.abc import Collection

from providers.builtin.relevance import central
from providers.builtin.sentences import keywords, sentences, words
from providers.builtin.stop_words import STOP_WORDS
from providers.prompting.card_proposals import CardProposal

MOST_CARDS = 30
FEWEST_WORDS = 4
MOST_WORDS = 45
LONGEST_TERM = 4  # words; what is longer before a colon is a sentence
TERM = r"(?P<term>(?:(?:The|A|An)\s+)?[^\s,;:()]+(?:\s+[^\s,;:()]+){0,4})"
DEFINITION = re.compile(
    rf"^{TERM}\s+(?P<verb>is|are|means|refers to|is called|is defined as|are defined as)\s+(?P<meaning>.{{8,}}?)[.。]?$"
)
GLOSSARY = re.compile(r"^(?P<term>[^\W_][^:=–—?!.]{1,60}?)\s*(?::|=| [–—-] )\s*(?P<meaning>[^\s:].{7,}?)[.。]?$")
# What these stand for is said in another sentence, which the card would not show.
POINTING_WORDS = """
it this that these those they he she we you i there here what which who one such both each another his her their
its our your my some many most not
"""
POINTING = frozenset(POINTING_WORDS.split())
ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


def draft_cards(material: str, skip: Collection[str] = ()) -> list[CardProposal]:
    """Cards from the material, the most telling first: at most one per sentence, each question once."""
    usable = [sentence for sentence in dict.fromkeys(sentences(material)) if sentence not in skip and _usable(sentence)]
    ranked = [usable[index] for index in central(usable, limit=len(usable))]
    counts = Counter(word for sentence in usable for word in set(keywords(sentence)))
    drafts = [card for sentence in ranked if (card := define(sentence) or hide(sentence, counts))]
    drafts.sort(key=lambda card: card.kind != "basic")
    return list({card.question.casefold(): card for card in reversed(drafts)}.values())[::-1][:MOST_CARDS]


def define(sentence: str) -> CardProposal | None:
    """A question and answer when the sentence says what something is."""
    if match := DEFINITION.match(sentence):
        term, verb, meaning = match["term"], match["verb"], match["meaning"]
        question = _question(term, verb)
    elif (match := GLOSSARY.match(sentence)) and len(words(match["term"])) <= LONGEST_TERM:
        term, meaning = match["term"].strip(), match["meaning"]
        question = f"What is meant by “{term}”?"
    else:
        return None
    if not _is_term(term):
        return None
    return CardProposal(kind="basic", question=question, answer=_sentence_case(meaning))


def hide(sentence: str, counts: Counter[str]) -> CardProposal | None:
    """A cloze that hides the word the sentence turns on."""
    if words(sentence)[0].casefold() in POINTING or "{{" in sentence or "}}" in sentence:
        return None
    term = _telling_word(sentence, counts)
    if term is None:
        return None
    gap = re.sub(rf"(?<!\w){re.escape(term)}(?!\w)", lambda _: f"{{{{c1::{term}}}}}", sentence, count=1)
    return CardProposal(kind="cloze", question=gap, answer=term)


def _usable(sentence: str) -> bool:
    if sentence.endswith(("?", "？", ":")):
        return False
    return FEWEST_WORDS <= len(words(sentence)) <= MOST_WORDS or bool(GLOSSARY.match(sentence))


def _question(term: str, verb: str) -> str:
    subject = term if term.split()[0].isupper() else term[0].lower() + term[1:]
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
    return bool(parts) and parts[0] not in POINTING and bool(keywords(bare)) and not set(parts) & POINTING


def _telling_word(sentence: str, counts: Counter[str]) -> str | None:
    """A number, else a name, else the word the text returns to, longest first; never the first word if it can be."""
    candidates = [word for word in words(sentence) if word.casefold() not in STOP_WORDS and len(keywords(word)) == 1]
    if not candidates:
        return None
    first = words(sentence)[0]

    def weight(word: str) -> tuple[bool, bool, int, int]:
        number = any(sign.isdigit() for sign in word)
        name = word[0].isupper() and word != first
        return (number or name, word != first, counts[keywords(word)[0]], len(word))

    best = max(candidates, key=weight)
    return best if len(best) > 2 or best.isdigit() else None


def _sentence_case(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
