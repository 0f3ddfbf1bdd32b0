"use strict";

// Links to messages lead to Discord. Here they lead to the pretend server.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const found = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)(?:\/(\d+))?$/.exec(link?.href ?? "");
  if (!found || window.parent === window) return;
  event.preventDefault();
  event.stopPropagation();
  window.parent.postMessage({ channel: found[1], message: found[2] }, window.location.origin);
}, true);
