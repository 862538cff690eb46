/** What the page does in a browser: filter its resources. Without it the page shows all of them. */
export const script = `
const search = document.getElementById("search");
if (search) {
  const selects = { component: document.getElementById("by-component"), change: document.getElementById("by-change") };
  const count = document.getElementById("count");
  const rows = [...document.querySelectorAll("#resource-rows tr")].map((row) => ({ row, text: row.textContent.toLowerCase(), component: row.dataset.component, change: row.dataset.change }));
  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text, component, change } of rows) {
      const hit = words.every((word) => text.includes(word))
        && (selects.component.value === "*" || selects.component.value === component)
        && (selects.change.value === "*" || selects.change.value === change);
      row.hidden = !hit;
      if (hit) shown += 1;
    }
    count.textContent = shown.toLocaleString("en-US") + " of " + rows.length.toLocaleString("en-US") + " resources shown";
  };
  search.addEventListener("input", apply);
  search.addEventListener("keydown", (event) => { if (event.key === "Escape") { search.value = ""; apply(); } });
  for (const select of Object.values(selects)) select.addEventListener("change", apply);
  apply();
}
`;
