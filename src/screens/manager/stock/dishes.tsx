import { useState, type ReactElement, type ReactNode } from 'react';
import type { MenuView } from '../../../domain/entities.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { VoidIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { clockText, millis } from '../../ui/time.ts';

type Dish = MenuView['items'][number];

/** What is not sold now, what is counted down, and the way to any other dish. */
export function Dishes(props: {
  dishes: readonly Dish[];
  zone: string | undefined;
  onOpen: (id: string) => void;
}): ReactElement {
  const { dishes, zone, onOpen } = props;
  const [choosing, setChoosing] = useState(false);
  const out = dishes.filter(({ soldOut }) => soldOut);
  const counted = dishes.filter(({ soldOut, left }) => !soldOut && left !== undefined);
  return (
    <section className="mg-card ld-dishlist">
      <h3>{t('stock.outNow')}</h3>
      {out.length === 0 && <p className="st-say">{t('stock.outNone')}</p>}
      <ul data-testid="sold-out-now">
        {out.map((dish) => (
          <DishKey key={dish.id} dish={dish} onOpen={onOpen}>
            <VoidIcon />
            {whyOut(dish, zone)}
          </DishKey>
        ))}
      </ul>
      <h3>{t('stock.counted')}</h3>
      {counted.length === 0 && <p className="st-say">{t('stock.countedNone')}</p>}
      <ul>
        {counted.map((dish) => (
          <DishKey key={dish.id} dish={dish} onOpen={onOpen}>
            <Num>{t('stock.left', { left: dish.left ?? 0 })}</Num>
          </DishKey>
        ))}
      </ul>
      <Button look="edge" onPress={() => setChoosing(true)} testId="choose-dish">
        {t('stock.countDish')}
      </Button>
      {choosing && (
        <DishChoice
          dishes={dishes}
          onClose={() => setChoosing(false)}
          onChoose={(id) => {
            setChoosing(false);
            onOpen(id);
          }}
        />
      )}
    </section>
  );
}

function whyOut({ left, soldOutUntil }: Dish, zone: string | undefined): string {
  if (left === 0) return t('stock.whyOutPortions');
  return soldOutUntil === undefined
    ? t('stock.whyOutHand')
    : t('stock.whyOutUntil', { time: clockText(millis(soldOutUntil), zone) });
}

function DishKey(props: { dish: Dish; onOpen: (id: string) => void; children: ReactNode }): ReactElement {
  const { dish, onOpen } = props;
  return (
    <li>
      <Button look="plain" className="ld-dish" onPress={() => onOpen(dish.id)} testId={`dish-${dish.id}`}>
        <bdi>{dish.name}</bdi>
        <span>{props.children}</span>
      </Button>
    </li>
  );
}

/** Every dish of the menu, by a part of its name. */
function DishChoice(props: {
  dishes: readonly Dish[];
  onChoose: (id: string) => void;
  onClose: () => void;
}): ReactElement {
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLocaleLowerCase();
  const found = props.dishes.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  return (
    <Sheet title={t('stock.chooseDish')} onClose={props.onClose}>
      <div className="st-sheet">
        <input
          className="field"
          type="search"
          autoFocus
          aria-label={t('stock.find')}
          placeholder={t('stock.find')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          data-testid="dish-find"
        />
        {found.length === 0 && <p>{t('stock.noMatch')}</p>}
        <div className="st-row">
          {found.map(({ id, name }) => (
            <Button key={id} look="edge" onPress={() => props.onChoose(id)} testId={`choose-${id}`}>
              <bdi>{name}</bdi>
            </Button>
          ))}
        </div>
      </div>
    </Sheet>
  );
}
