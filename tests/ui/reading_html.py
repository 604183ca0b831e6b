"""HTML as a browser finds it: elements with their attributes, and the text in each."""

from html.parser import HTMLParser


class Tree(HTMLParser):
    """A piece of HTML, every element of which must be closed."""

    VOID = frozenset({"br", "img"})

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.found = [], []
        self.feed(text)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))
        if tag not in self.VOID:
            self.open.append(self.found[-1])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for _, _, texts in self.open:
            texts.append(data)

    def all(self, tag, **attributes):
        """Return the texts of the elements with a tag and some attributes."""
        return [
            "".join(texts)
            for name, found, texts in self.found
            if name == tag and attributes.items() <= found.items()
        ]

    def attributes(self, tag, name):
        """Return an attribute of every element with a tag."""
        return [found.get(name) for one, found, _ in self.found if one == tag]
