import { useState, type ReactElement } from 'react';
import { useView } from '../../../sdk/react/hooks.ts';
import { stockWords } from '../../i18n/stock.ts';
import { t } from '../../i18n/words.tsx';
import { Loading } from '../../pos/loading.tsx';
import { type Menu, menuOf, sellableOf } from '../../pos/cart.ts';
import { EightySixSheet } from '../../stock/eightySixSheet.tsx';
import { Button } from '../../ui/button.tsx';
import { moneyText } from '../../ui/money.ts';
import { ToastBar, useToast } from '../../ui/toast.tsx';
import { Kpi } from '../kpi.tsx';
import type { Room, RoomProps } from '../rooms.tsx';
import { AmountSheet } from './amountSheet.tsx';
import { Dishes } from './dishes.tsx';
import { type Deed, dishesOf, figuresOf, shelf } from './larder.ts';
import { ShelfRow } from './shelfRow.tsx';
import { WasteList } from './wasteList.tsx';
import './larder.css';

/** What is in the house: ingredients by who needs somebody first, what is not sold, and what was thrown away. */

type Open = { ingredient: string; deed: Deed } | { dish: string };

function StockRoom({ view, zone }: RoomProps): ReactElement {
  const pos = useView('pos');
  const [query, setQuery] = useState('');
  const [onlyShort, setOnlyShort] = useState(false);
  const [open, setOpen] = useState<Open | null>(null);
  const { toast, show, clear } = useToast();
  const say = (text: string, undo?: () => void): void =>
    show({ id: crypto.randomUUID(), say: text, ...(undo && { undo }) });
  if (pos.state === 'loading') return <Loading />;

  const stock = [...view.entities.stock.values()];
  const waste = [...view.entities.waste.values()];
  const menus = [...pos.entities.menu.values()];
  const menu: Menu = menuOf(menus);
  const dishes = dishesOf(menus);
  const figures = figuresOf(stock, waste, dishes);
  const currency = menus[0]?.currency ?? 'USD';
  const rows = shelf(stock, query, onlyShort);
  const chosen =
    open !== null && 'ingredient' in open ? stock.find(({ id }) => id === open.ingredient) : undefined;
  const dish = open !== null && 'dish' in open ? menu.get(open.dish) : undefined;

  return (
    <div className="ld">
      <h1 className="sr-only">{t('stock.title')}</h1>
      <div className="mg-figures">
        <Kpi
          name={t('stock.kOut')}
          value={figures.out}
          say={t('stock.kOutSay', { count: figures.lacking })}
          testId="kpi-out"
        />
        <Kpi name={t('stock.kLow')} value={figures.low} say={t('stock.kLowSay', { count: figures.kept })} />
        <Kpi name={t('stock.kSoldOut')} value={figures.soldOut} say={t('stock.kSoldOutSay')} />
        <Kpi name={t('stock.kOrder')} value={figures.belowPar} say={t('stock.kOrderSay')} />
        <Kpi
          name={t('stock.kWaste')}
          value={moneyText(figures.wasteCost, currency)}
          say={t('stock.kWasteSay', { count: figures.wasted })}
        />
      </div>
      <div className="ld-columns">
        <section className="mg-card ld-shelf">
          <div className="ld-bar">
            <input
              className="field"
              type="search"
              placeholder={t('stock.find')}
              aria-label={t('stock.find')}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
              data-testid="stock-find"
            />
            <Button
              look="edge"
              className="st-choice"
              pressed={!onlyShort}
              onPress={() => setOnlyShort(false)}
            >
              {t('stock.allIngredients')}
            </Button>
            <Button look="edge" className="st-choice" pressed={onlyShort} onPress={() => setOnlyShort(true)}>
              {t('stock.onlyShort')}
            </Button>
          </div>
          {rows.length === 0 ? (
            <div className="ld-none">
              <p>{t(stock.length === 0 ? 'stock.none' : 'stock.noMatch')}</p>
              {stock.length === 0 && <p className="st-say">{t('stock.noneSay')}</p>}
            </div>
          ) : (
            <ul>
              {rows.map((one) => (
                <ShelfRow
                  key={one.id}
                  of={one}
                  zone={zone}
                  onDo={(deed) => setOpen({ ingredient: one.id, deed })}
                  say={say}
                />
              ))}
            </ul>
          )}
        </section>
        <div className="ld-side">
          <Dishes dishes={dishes} zone={zone} onOpen={(id) => setOpen({ dish: id })} />
          <WasteList waste={waste} zone={zone} currency={currency} />
        </div>
      </div>
      {chosen !== undefined && open !== null && 'deed' in open && (
        <AmountSheet of={chosen} deed={open.deed} say={say} onClose={() => setOpen(null)} />
      )}
      {dish !== undefined && (
        <EightySixSheet of={sellableOf(dish)} zone={zone} say={say} onClose={() => setOpen(null)} />
      )}
      <ToastBar toast={toast} clear={clear} floating />
    </div>
  );
}

export const room: Room = { Room: StockRoom, words: stockWords };
