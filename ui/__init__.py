"""What the pages share: frame and menu, words and figures, inputs, links, charts."""
