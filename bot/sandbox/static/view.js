"use strict";

// Small helps for simcord's page, so that it reads as Discord does.

(() => {
  if (window.parent === window) return;

  // Links to messages lead to Discord. Here they lead to the pretend server.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const found = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)(?:\/(\d+))?$/.exec(link?.href ?? "");
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    window.parent.postMessage({ channel: found[1], message: found[2] }, window.location.origin);
  }, true);

  // Discord shows names where a card mentions somebody; simcord shows the bare number.
  const MENTION = /<(@&?|#)(\d+)>/g;
  let names = null;
  let asked = false;

  async function learn() {
    if (asked) return;
    asked = true;
    names = await (await fetch("/sandbox/names", { cache: "no-store" })).json();
    rename(document.body);
  }

  function rename(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      if (walker.currentNode.nodeValue.search(MENTION) !== -1) found.push(walker.currentNode);
    }
    if (found.length && !names) { void learn(); return; }
    for (const text of found) {
      const parts = [];
      let from = 0;
      for (const match of text.nodeValue.matchAll(MENTION)) {
        const name = names[match[2]];
        if (!name) continue;
        parts.push(text.nodeValue.slice(from, match.index));
        const mention = document.createElement("span");
        mention.className = "sandbox-mention";
        mention.textContent = `${match[1][0]}${name}`;
        parts.push(mention);
        from = match.index + match[0].length;
      }
      if (parts.length) text.replaceWith(...parts, text.nodeValue.slice(from));
    }
  }

  void learn();

  // New messages come into view, unless the person has scrolled up to read older ones.
  const NEAR = 150;
  let atEnd = true;
  let wrote = false;
  let newest = "";

  const list = document.getElementById("channel-timeline");
  list.addEventListener("scroll", () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  });

  function follow() {
    const messages = list.querySelectorAll("[data-message-id]");
    const last = messages[messages.length - 1];
    const later = document.getElementById("new-messages");
    if ((atEnd || wrote) && later && !later.hidden) later.click();
    if (!last || last.dataset.messageId === newest) return;
    newest = last.dataset.messageId;
    if (!atEnd && !wrote) return;
    wrote = false;
    requestAnimationFrame(() => {
      last.scrollIntoView({ block: last.offsetHeight > list.clientHeight ? "start" : "end" });
    });
  }

  document.addEventListener("submit", () => { wrote = true; }, true);

  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      if (node.nodeType === Node.ELEMENT_NODE) rename(node);
    }
    follow();
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] });
})();
