import { Fragment, useLayoutEffect, useRef, type ReactElement } from 'react';
import { currentLanguage, t } from '../i18n/words.tsx';
import { directionOf } from '../i18n/language.ts';
import { PagesIcon } from '../ui/icons.tsx';
import { usePress } from '../ui/press.ts';
import { useSize } from '../ui/size.ts';
import { columnsFor, flow, type Part } from './flow.ts';
import { useHeights, type Measurable } from './heights.ts';

const GAP = 12;
const MORE = 72 + GAP;

/** A card that can be drawn whole (`part` null, to be measured) or in parts. */
export type BoardCard = Measurable & {
  draw(part: Part | null, digit: number | null, selected: boolean): ReactElement;
};

/** The cards of one page, each where the flow put it, and the cell that leads to the rest. */
export function Columns(props: {
  cards: readonly BoardCard[];
  density: number;
  page: number;
  onPage: (page: number) => void;
  selected: string | null;
  digits: boolean;
  still: boolean;
  /** Told before paint which cards stand on which page. */
  onLaidOut: (pages: string[][]) => void;
}): ReactElement {
  const { cards: drawn, density } = props;
  const ground = useRef<HTMLDivElement>(null);
  const size = useSize(ground);
  const columns = columnsFor(size.width, density, GAP);
  const width = Math.max(0, Math.floor((size.width - GAP * (columns - 1)) / columns));
  const { cards, missing, box, strip } = useHeights(drawn, `${width}|${density}|${currentLanguage()}`);
  const moreBelow = columns <= 2;
  const pages =
    size.height === 0
      ? []
      : flow(cards, { columns, height: size.height, gap: GAP, strip, more: MORE, moreBelow });
  const at = Math.min(props.page, Math.max(0, pages.length - 1));
  const page = pages[at];
  const { onLaidOut } = props;
  const laid = JSON.stringify(pages.map((one) => one.ids));
  useLayoutEffect(() => onLaidOut(JSON.parse(laid) as string[][]), [laid, onLaidOut]);

  const byId = new Map(drawn.map((card) => [card.id, card]));
  const reading = directionOf(currentLanguage()) === 'rtl' ? -1 : 1;
  const order = page?.ids ?? [];
  const shift = (column: number, y: number): { transform: string; inlineSize: number } => ({
    transform: `translate(${column * (width + GAP) * reading}px, ${y}px)`,
    inlineSize: width,
  });
  // A card that goes on over the page is among what is still to come.
  const left = new Set(pages.slice(at + 1).flatMap((one) => one.ids));
  const lastColumn = (page?.columns.length ?? 1) - 1;
  const bottom = page?.columns[lastColumn]?.at(-1);
  const cellY = bottom === undefined ? 0 : bottom.y + bottom.height + GAP;

  return (
    <div
      className={`cols ${props.still ? 'still' : ''}`}
      ref={ground}
      data-testid="columns"
      data-columns={columns}
    >
      {page?.columns.map((column, index) =>
        column.map((part) => {
          const card = byId.get(part.id);
          if (card === undefined) return null;
          const digit = order.indexOf(part.id) + 1;
          const fixed = part.parts > 1 && part.part < part.parts;
          return (
            <div
              className="place"
              key={`${part.id}:${part.part}`}
              style={{ ...shift(index, part.y), ...(fixed && { blockSize: part.height }) }}
            >
              {card.draw(
                part.parts > 1 ? part : null,
                props.digits && digit <= 9 && part.part === 1 ? digit : null,
                props.selected === part.id,
              )}
            </div>
          );
        }),
      )}
      {pages.length > 1 && (
        <div
          className="place"
          style={
            moreBelow
              ? { transform: `translate(0, ${size.height - 72}px)`, inlineSize: '100%' }
              : shift(lastColumn, cellY)
          }
        >
          <MoreCell
            count={left.size}
            next={left.size > 0 ? at + 1 : 0}
            below={moreBelow}
            onPage={props.onPage}
          />
        </div>
      )}
      {missing.length > 0 && width > 0 && (
        <div className="measure still" ref={box} style={{ inlineSize: width }} aria-hidden="true" inert>
          {missing.map((card) => (
            <Fragment key={card.id}>{card.draw(null, null, false)}</Fragment>
          ))}
          <div className="contb">·</div>
        </div>
      )}
    </div>
  );
}

function MoreCell({
  count,
  next,
  below,
  onPage,
}: {
  count: number;
  next: number;
  below: boolean;
  onPage: (page: number) => void;
}): ReactElement {
  const press = usePress(() => onPage(next));
  return (
    <button
      type="button"
      className="moren pressable"
      style={{ inlineSize: '100%' }}
      data-testid="more"
      {...press}
    >
      <PagesIcon />
      {next === 0 ? (
        t('kitchen.pageBack')
      ) : (
        <>
          {t('kitchen.more', { count })}
          <small>{below ? t('kitchen.oldestFirst') : t('kitchen.page', { page: next + 1 })}</small>
        </>
      )}
    </button>
  );
}
