// What every page needs and Streamlit has not: buttons that copy, and a run of the page when the
// browser is back in touch with a server. Once for the whole visit, whatever is rerun.
() => {
  if (window.everyPage) return;
  window.everyPage = true;

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest?.("[data-copies]");
    if (!button) return;
    const status = button.parentElement.querySelector("[role=status]");
    const ofAddress = button.dataset.copies === "address";
    const text = ofAddress
      ? window.location.href
      : button.parentElement.previousElementSibling.textContent;
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = button.dataset.done;
    } catch {
      // Browsers give no clipboard to pages served without TLS: show what to copy.
      status.textContent = button.dataset.byHand + (ofAddress ? ` ${text}` : "");
    }
  });

  const app = document.querySelector("[data-test-connection-state]");
  if (!app) return;
  let was = app.dataset.testConnectionState;
  new MutationObserver(() => {
    const is = app.dataset.testConnectionState;
    if (is === "CONNECTED" && was !== "CONNECTED") {
      document.querySelector(".st-key-reconnected button")?.click();
    }
    was = is;
  }).observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
}
