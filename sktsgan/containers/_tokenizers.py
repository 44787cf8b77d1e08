"""How texts are split into tokens, and tokens joined to texts."""

import re
from functools import cached_property

from sklearn.feature_extraction.text import CountVectorizer

__all__ = ["CallableTokenizer", "CharTokenizer", "WordTokenizer", "make_tokenizer"]


def make_tokenizer(analyzer, lowercase):
    """Return the tokenizer of an analyzer.

    Parameters
    ----------
    analyzer : {"word", "char"} or callable
        As of scikit-learn's CountVectorizer: a callable takes a text as it is and returns its tokens, strings.
    lowercase : bool
        Whether words and characters are lower case; a callable sees to that itself.

    Returns
    -------
    tokenizer : WordTokenizer, CharTokenizer or CallableTokenizer
    """
    if callable(analyzer):
        return CallableTokenizer(analyzer)
    return (CharTokenizer if analyzer == "char" else WordTokenizer)(lowercase)


class WordTokenizer:
    r"""Split texts into words and marks, and join them with the spacing that they had.

    A word is a run of letters, digits and underscores, those of one letter included; points, commas and colons between
    digits belong to it, as in 3,000 or 2.5. A mark is any other character but whitespace, or an apostrophe and what
    follows it in a word, as in don't. Hyphens are marks, so that "old-fashioned" is three tokens.

    The token of a mark says where it has spaces: ``", "`` follows a word closely, ``" ("`` precedes one, ``"-"``
    joins two and ``" & "`` stands alone. Between two marks it is the second one that says so; the end of a text counts
    as a space. What was split is joined to the same text, but for lower case and runs of whitespace.

    Parameters
    ----------
    lowercase : bool, default=True
    """

    _TOKEN = re.compile(r"(?<=\w)['’]\w+|\w+(?:(?<=\d)[.,:](?=\d)\w+)*|[^\w\s]")

    def __init__(self, lowercase=True):
        self.lowercase = lowercase

    @cached_property
    def _preprocess(self):
        return CountVectorizer(lowercase=self.lowercase).build_preprocessor()

    def split(self, text):
        """Return the tokens of a text, a list of strings."""
        text = self._preprocess(text)
        tokens, n_characters = [], len(text)
        for match in self._TOKEN.finditer(text):
            token, (first, end) = match[0], match.span()
            if not _is_word(token):
                before = first == 0 or text[first - 1].isspace()
                after = end == n_characters or not _is_word(text[end])
                token = " " * before + token + " " * after
            tokens.append(token)
        return tokens

    def join(self, tokens):
        """Return the text of tokens."""
        parts, last = [], None
        for token in tokens:
            parts += [self._gap(last, token), token.strip()]
            last = token
        return "".join(parts)

    def extend(self, beginning, last, tokens):
        """Return a text that begins as given, after whose ``last`` token others follow."""
        beginning = beginning.strip()
        gap = self._gap(last, tokens[0]) if tokens else ""
        return beginning + gap + self.join(tokens)

    @staticmethod
    def _gap(first, second):
        if first is None:
            return ""
        if not _is_word(second):
            return " " if second[0] == " " else ""
        return " " if _is_word(first) or first[-1] == " " else ""

    def spacings(self, token, same_before):
        """Return the tokens of a mark that agree, or not, about the space before it; none of a word."""
        if _is_word(token):
            return []
        before = " " * ((token[0] == " ") == same_before)
        return [before + token.strip() + after for after in (" ", "")]


class CharTokenizer:
    """Split texts into characters. Runs of whitespace are one space, as in CountVectorizer.

    Parameters
    ----------
    lowercase : bool, default=True
    """

    def __init__(self, lowercase=True):
        self.lowercase = lowercase

    @cached_property
    def split(self):
        """Return the characters of a text, a list."""
        return CountVectorizer(analyzer="char", lowercase=self.lowercase).build_analyzer()

    def join(self, tokens):
        """Return the text of tokens."""
        return "".join(tokens)

    def extend(self, beginning, last, tokens):
        """Return a text that begins as given, after whose ``last`` token others follow."""
        return beginning + "".join(tokens)

    def spacings(self, token, same_before):
        """Return no other tokens."""
        return []


class CallableTokenizer:
    """Split texts by a function of the user's, and join tokens by spaces.

    Parameters
    ----------
    analyzer : callable
        Takes a text and returns its tokens.
    """

    def __init__(self, analyzer):
        self.analyzer = analyzer

    def split(self, text):
        """Return the tokens of a text, a list of strings."""
        tokens = list(self.analyzer(text))
        for token in tokens:
            if not isinstance(token, str):
                raise ValueError(f"analyzer must return strings, got {token!r} for {text!r}.")
        return tokens

    def join(self, tokens):
        """Return the text of tokens."""
        return " ".join(tokens)

    def extend(self, beginning, last, tokens):
        """Return a text that begins as given, after whose ``last`` token others follow."""
        return " ".join([beginning.strip(), *tokens])

    def spacings(self, token, same_before):
        """Return no other tokens."""
        return []


def _is_word(token):
    """Return whether a token is a word, by its first character."""
    return token[0].isalnum() or token[0] == "_"
