import type { Page } from 'playwright-core';

/** What a hand would hit by mistake, and what a narrow screen cuts off. */

/**
 * Controls that stand nearer to each other than the design's 8 px, words that do not fit their control, and what lies
 * outside the window. A control is what shows an edge or a ground of its own: the rows of a list are parted by a line, and the
 * halves of a switch share theirs.
 */
export async function crowded(page: Page): Promise<string[]> {
  return page.evaluate((gap) => {
    const shown = (one: Element): boolean => {
      const box = one.getBoundingClientRect();
      if (box.width < 2 || box.height < 2) return false;
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return top !== null && (one.contains(top) || top.contains(one));
    };
    /** What is left of its box inside everything that scrolls or clips. */
    const boxOf = (one: Element): { left: number; right: number; top: number; bottom: number } => {
      let { left, right, top, bottom } = one.getBoundingClientRect();
      for (
        let outer = one.parentElement;
        outer !== null && outer !== document.body;
        outer = outer.parentElement
      )
        if (getComputedStyle(outer).overflow !== 'visible') {
          const edge = outer.getBoundingClientRect();
          left = Math.max(left, edge.left);
          right = Math.min(right, edge.right);
          top = Math.max(top, edge.top);
          bottom = Math.min(bottom, edge.bottom);
        }
      return { left, right, top, bottom };
    };
    const name = (one: Element): string =>
      `"${(one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 28)}" (.${[...one.classList].join('.')})`;
    const all = [...document.querySelectorAll('button, a[href], input, select, textarea')].filter(shown);
    const faults: string[] = [];

    const controls = all.filter((one) => one.matches('.btn, .op, .chip, .field, .conn, .who'));
    for (const [index, one] of controls.entries())
      for (const other of controls.slice(index + 1)) {
        const [a, b] = [boxOf(one), boxOf(other)];
        const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
        const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
        const apart = Math.max(across, down);
        if (apart < gap - 0.5)
          faults.push(`${name(one)} and ${name(other)} are ${apart.toFixed(1)} px apart`);
      }

    for (const one of all) {
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      if (box.left < -0.5 || box.right > document.documentElement.clientWidth + 0.5)
        if (one.closest('.tl') === null) faults.push(`${name(one)} lies outside the window`);
      if (style.overflowX === 'visible' && one.scrollWidth > one.clientWidth + 1)
        faults.push(`${name(one)} does not hold its words`);
      if (style.overflowY === 'visible' && one.scrollHeight > one.clientHeight + 1)
        faults.push(`${name(one)} does not hold its lines`);
    }
    for (const one of document.querySelectorAll('h1, h2, h3, p, b, strong, small, dd, span, em')) {
      const { overflowX, textOverflow, clipPath } = getComputedStyle(one);
      const isHidden = clipPath !== 'none' || (overflowX !== 'hidden' && overflowX !== 'clip');
      if (isHidden || textOverflow === 'ellipsis' || !shown(one)) continue;
      if (one.scrollWidth > one.clientWidth + 1) faults.push(`${name(one)} is cut off`);
    }
    for (const tag of [...document.querySelectorAll('.tag')].filter(shown)) {
      const [whole, left] = [tag.getBoundingClientRect(), boxOf(tag)];
      if (whole.right > left.right + 0.5 || whole.left < left.left - 0.5)
        faults.push(`${name(tag)} is cut off`);
    }
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) faults.push(`the page is ${wide} px too wide`);
    return faults;
  }, 8);
}
