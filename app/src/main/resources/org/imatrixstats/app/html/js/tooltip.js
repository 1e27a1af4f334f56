// One tip for all: what the pointer is over, or what has the focus.

const tooltip = document.getElementById("tooltip");

function showTip(text, x, y) {
  tooltip.textContent = text;
  tooltip.hidden = false;
  const box = tooltip.getBoundingClientRect();
  const left = x + 16 + box.width > innerWidth ? x - 16 - box.width : x + 16;
  const top = y + 16 + box.height > innerHeight ? y - 16 - box.height : y + 16;
  tooltip.style.left = Math.max(4, left) + "px";
  tooltip.style.top = Math.max(4, top) + "px";
}

function hideTip() {
  tooltip.hidden = true;
}

/** Tips for what is within an element: `textOf` gives that of a child, or null. */
function addTips(element, textOf) {
  const show = (target, x, y) => {
    const text = textOf(target);
    if (text) {
      showTip(text, x, y);
    } else {
      hideTip();
    }
  };
  element.addEventListener("pointermove", event => show(event.target, event.clientX, event.clientY));
  element.addEventListener("pointerleave", hideTip);
  element.addEventListener("focusin", event => {
    if (event.target.matches(":focus-visible")) {
      const box = event.target.getBoundingClientRect();
      show(event.target, box.right, box.bottom);
    }
  });
  element.addEventListener("focusout", hideTip);
}

document.addEventListener("keydown", event => {
  if (event.key === "Escape") {
    hideTip();
  }
});
addEventListener("scroll", hideTip, {passive: true});
