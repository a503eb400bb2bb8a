(async () => {
  const wasm = fetch(WASM);
  const page = await import(SCRIPT);
  await page.default({ module_or_path: wasm });
  const revive = (part) => {
    for (const island of part.querySelectorAll("leptos-island")) page[island.dataset.component]?.(island);
  };
  page.hydrate();
  revive(document);
  document.addEventListener("revive", (event) => revive(event.target));
  document.documentElement.dataset.ready = "";
})();
