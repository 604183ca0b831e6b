// Puts the sentences of the catalogue in the place of the framework's own English ones.
//
// One observer for the whole visit, whatever is rerun: it looks only at what was added or
// changed. What was English is kept beside each node, so that another language can be had.
(attributeRules, textRules) => {
  const ATTRIBUTES = ["aria-label", "title", "placeholder"];
  const LABELLED = ATTRIBUTES.map((name) => `[${name}]`).join();

  const begin = () => {
    const kept = new WeakMap(); // node -> name -> { english, shown }
    let rules = { attributes: [], texts: [] };
    let places = "";

    const mend = (node, name, element, current, write) => {
      const names = kept.get(node) ?? {};
      const english = names[name]?.shown === current ? names[name].english : current;
      const list = name === "text" ? rules.texts : rules.attributes;
      const rule = list.find((one) => one.pattern.test(english) && element.closest(one.place));
      if (!rule) return;
      const shown = english.replace(rule.pattern, rule.sentence);
      kept.set(node, { ...names, [name]: { english, shown } });
      if (shown !== current) write(shown);
    };

    const mendAttributes = (element) => {
      for (const name of ATTRIBUTES) {
        const current = element.getAttribute(name);
        if (current) {
          mend(element, name, element, current, (shown) => element.setAttribute(name, shown));
        }
      }
    };

    const mendText = (node) => {
      const element = node.parentElement;
      if (!element?.closest(places)) return;
      mend(node, "text", element, node.data, (shown) => { node.data = shown; });
    };

    const mendTexts = (element) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) mendText(texts.currentNode);
    };

    const mendAll = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return mendText(node);
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      if (node.matches(LABELLED)) mendAttributes(node);
      node.querySelectorAll(LABELLED).forEach(mendAttributes);
      if (node.closest(places)) mendTexts(node);
      else node.querySelectorAll(places).forEach(mendTexts);
    };

    new MutationObserver((records) => {
      for (const { type, target, addedNodes } of records) {
        if (type === "attributes") mendAttributes(target);
        else if (type === "characterData") mendText(target);
        else addedNodes.forEach(mendAll);
      }
    }).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ATTRIBUTES,
    });

    return (attributes, texts) => {
      const ready = (list) => list.map((one) => ({ ...one, pattern: new RegExp(one.pattern, "s") }));
      rules = { attributes: ready(attributes), texts: ready(texts) };
      places = texts.map((one) => one.place).join();
      mendAll(document.body);
    };
  };

  const language = JSON.stringify([attributeRules, textRules]);
  window.frameworkWords ??= { use: begin(), language: "" };
  if (window.frameworkWords.language === language) return;
  window.frameworkWords.language = language;
  window.frameworkWords.use(attributeRules, textRules);
}
