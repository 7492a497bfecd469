"""English words that carry grammar rather than meaning, in normal form (``don't`` is ``dont``)."""

from __future__ import annotations

__all__ = ["FUNCTION_WORDS"]

# Contractions that are also other words (well, ill, shed, wed, id) are left out; so is "us".
FUNCTION_WORDS = frozenset(
    [
        "a", "about", "above", "after", "again", "against", "all", "am", "an", "and", "any",
        "are", "arent", "as", "at", "be", "because", "been", "before", "being", "below",
        "between", "both", "but", "by", "cannot", "cant", "could", "couldnt", "did", "didnt",
        "do", "does", "doesnt", "doing", "dont", "down", "during", "each", "few", "for", "from",
        "further", "had", "hadnt", "has", "hasnt", "have", "havent", "having", "he", "hed",
        "her", "here", "heres", "hers", "herself", "hes", "him", "himself", "his", "how", "hows",
        "i", "if", "im", "in", "into", "is", "isnt", "it", "its", "itself", "ive", "lets", "me",
        "more", "most", "mustnt", "my", "myself", "no", "nor", "not", "of", "off", "on", "once",
        "only", "or", "other", "ought", "our", "ours", "ourselves", "out", "over", "own", "same",
        "shant", "she", "shes", "should", "shouldnt", "so", "some", "such", "than", "that",
        "thats", "the", "their", "theirs", "them", "themselves", "then", "there", "theres",
        "these", "they", "theyd", "theyll", "theyre", "theyve", "this", "those", "through", "to",
        "too", "under", "until", "up", "very", "was", "wasnt", "we", "were", "werent", "weve",
        "what", "whats", "when", "whens", "where", "wheres", "which", "while", "who", "whom",
        "whos", "why", "whys", "with", "wont", "would", "wouldnt", "you", "youd", "youll",
        "your", "youre", "yours", "yourself", "yourselves", "youve",
    ]
)  # fmt: skip
