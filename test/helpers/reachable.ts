import type { Page } from 'playwright-core';

/**
 * Looks at all that is in front: the page, or what is open above it. Each control and each text is scrolled into sight, and must be within
 * the window then, and be what a click in its middle hits. A text that ends with “…” is cut on purpose.
 */
const look = `(() => {
  const found = [];
  const front = document.querySelector(':popover-open') ?? [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  const nameOf = (one) => one.localName + [...one.classList].map((name) => '.' + name).join('') + ' “' + (one.ariaLabel ?? one.textContent).trim().slice(0, 40) + '”';
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.sr-only, [aria-hidden=true]');
  /** The part of a box that its scroll containers show. */
  const shown = (one, box) => {
    let { left, right, top, bottom } = box;
    for (let around = one; around; around = around.parentElement) {
      if (getComputedStyle(around).overflow === 'visible') continue;
      const window = around.getBoundingClientRect();
      left = Math.max(left, window.left);
      right = Math.min(right, window.right);
      top = Math.max(top, window.top);
      bottom = Math.min(bottom, window.bottom);
    }
    return { left, right, top, bottom };
  };
  const check = (one, boxOf, isCut) => {
    if (!one.isConnected || !isSeen(one)) return;
    one.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = boxOf();
    if (box.width <= 1 || box.height <= 1) return;
    if (box.left < -1 || box.right > innerWidth + 1) {
      if (!isCut) found.push(nameOf(one) + ' is beyond the window, from ' + Math.round(box.left) + ' to ' + Math.round(box.right));
    }
    const { left, right, top, bottom } = shown(one, box);
    // What comes after the “…”.
    if (isCut && right - left < 2) return;
    if (!isCut && (box.width - (right - left) > 2 || box.height - (bottom - top) > 2 && box.height < innerHeight / 2))
      found.push(nameOf(one) + ' is cut off');
    if (getComputedStyle(one).pointerEvents === 'none') return;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (!one.contains(hit) && !hit?.contains(one) && !one.labels?.[0]?.contains(hit)) found.push(nameOf(one) + ' is behind ' + (hit ? nameOf(hit) : 'nothing'));
  };
  if (document.scrollingElement.scrollWidth > innerWidth) found.push('The page is ' + document.scrollingElement.scrollWidth + ' px wide');
  for (const control of front.querySelectorAll('button, a[href], input, select, textarea, summary'))
    if (!control.disabled) check(control, () => control.getBoundingClientRect(), false);
  const texts = document.createTreeWalker(front, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.data.trim() === '') continue;
    const around = node.parentElement;
    const cutting = around.closest('textarea, option') ?? [around, around.parentElement].find((one) => getComputedStyle(one).textOverflow === 'ellipsis');
    // Three letters and the “…”.
    if (cutting && isSeen(cutting) && cutting.clientWidth < cutting.scrollWidth && cutting.clientWidth < 2.5 * Number.parseFloat(getComputedStyle(cutting).fontSize))
      found.push(nameOf(cutting) + ' has no room');
    const range = document.createRange();
    range.selectNodeContents(node);
    check(around, () => range.getClientRects()[0] ?? range.getBoundingClientRect(), Boolean(cutting));
  }
  return [...new Set(found)];
})()`;

/**
 * Resolves when the page has answered to what has just happened to its window: it hears of it with the next frame, renders what follows from it, and
 * does with the next one what is to be done after that.
 */
const settled = `new Promise((done) => {
  let frames = 3;
  const next = () => (frames-- > 0 ? requestAnimationFrame(next) : setTimeout(done));
  next();
})`;

/** What can't be read or reached of what is in front, in words. `SCREENSHOTS` names a folder to see the screens in. */
export async function unreachable(page: Page, screen: string): Promise<string[]> {
  await page.evaluate(settled);
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${screen}.png` });
  const found = await page.evaluate<string[]>(look);
  return found.map((one) => `${screen}: ${one}`);
}
