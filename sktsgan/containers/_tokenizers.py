"""How texts are split into tokens, and tokens joined to texts."""

import re
from collections.abc import Iterable
from functools import cached_property
from numbers import Integral, Real

from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan._validation import naming

__all__ = [
    "CallableTokenizer",
    "CharTokenizer",
    "TextTokenizer",
    "WordTokenizer",
    "make_tokenizer",
]


class TextTokenizer(BaseEstimator):
    """How SeqGANSampler splits texts into tokens, and which tokens it knows.

    Parameters
    ----------
    analyzer : {"word", "char"} or callable, default="word"
        What tokens are, in scikit-learn's meaning. ``"word"`` takes words of one letter and punctuation too, and
        writes new texts with the spacing of the training texts; a callable takes a text and returns its tokens,
        strings that new texts join by spaces. Integers are tokens by themselves.
    lowercase : bool, default=True
        Whether texts become lower case; a callable ``analyzer`` sees to that itself.
    min_df : float or int, default=1
        Number of texts, or the share of them in (0, 1), that a token must occur in to be known. All others are one
        unknown token, which the model learns from but never writes.
    max_features : int, default=None
        Largest number of known tokens, by frequency; None for all.
    max_length : int, default=None
        Largest number of tokens in a text; longer ones are cut. None is the longest training text or, where that is
        less, twice the length that 95 % of them keep within; sequences of integers are never cut then.
    vocabulary : iterable or dict, default=None
        The known tokens, as in CountVectorizer: ``range(5000)``, or words and marks; None takes those of the training
        texts. ``min_df`` and ``max_features`` then have no effect.

    Examples
    --------
    >>> from sktsgan import SeqGANSampler
    >>> from sktsgan.preprocessing import TextTokenizer
    >>> sampler = SeqGANSampler(tokenizer=TextTokenizer(min_df=2), pretraining=(4, 0), random_state=0)
    >>> sampler.fit(["the cat sat.", "the dog sat.", "a bird sat."]).vocabulary_
    ['. ', 'sat', 'the']
    """

    _parameter_constraints = {
        "analyzer": [StrOptions({"word", "char"}), callable],
        "lowercase": ["boolean"],
        "min_df": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="neither"),
        ],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "max_length": [Interval(Integral, 2, None, closed="left"), None],
        "vocabulary": [Iterable, None],
    }

    def __init__(
        self,
        analyzer="word",
        *,
        lowercase=True,
        min_df=1,
        max_features=None,
        max_length=None,
        vocabulary=None,
    ):
        self.analyzer = analyzer
        self.lowercase = lowercase
        self.min_df = min_df
        self.max_features = max_features
        self.max_length = max_length
        self.vocabulary = vocabulary


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
        with naming("tokenizer"):
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
