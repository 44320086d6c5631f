import { useMemo, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { AllergyIcon, CloseIcon, SearchIcon, UtensilsIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { amountText } from '../ui/money.ts';
import {
  CakeIcon,
  DrinkIcon,
  GridIcon,
  ListIcon,
  RepeatIcon,
  SaladIcon,
  StarIcon,
} from '../ui/tabletIcons.tsx';
import type { MenuItem } from './choices.ts';
import { useDesk } from './desk.tsx';
import { useHeldPress } from './held.ts';
import { allergenId, allergenName } from './modifiers.tsx';
import { fold, indexMenu, searchMenu } from './menuSearch.ts';

/** From here on a count is worth a waiter's eye. */
const FEW = 5;

export type Shelf = { kind: 'category'; id: string } | { kind: 'favourites' };

/** The categories, as a column of keys; on a phone a row that scrolls. */
export function Rail(props: {
  shelf: Shelf;
  onShelf: (shelf: Shelf) => void;
  onTables: () => void;
  onRepeat: () => void;
  canRepeat: boolean;
  hasFavourites: boolean;
}): ReactElement {
  const { menus } = useDesk();
  return (
    <nav className="cats" aria-label={t('menu.categories')}>
      <Button look="plain" className="cat" onPress={props.onTables} testId="to-tables">
        <GridIcon />
        {t('nav.orders')}
      </Button>
      {menus.map((menu) => (
        <Button
          key={menu.id}
          look="plain"
          className="cat"
          pressed={props.shelf.kind === 'category' && props.shelf.id === menu.id}
          onPress={() => props.onShelf({ kind: 'category', id: menu.id })}
          testId={`category-${menu.id}`}
        >
          <CategoryIcon name={`${menu.id} ${menu.name}`} />
          <span>{menu.name}</span>
        </Button>
      ))}
      {props.hasFavourites && (
        <Button
          look="plain"
          className="cat"
          pressed={props.shelf.kind === 'favourites'}
          onPress={() => props.onShelf({ kind: 'favourites' })}
        >
          <StarIcon />
          {t('menu.favourites')}
        </Button>
      )}
      <Button
        look="plain"
        className="cat"
        disabled={!props.canRepeat}
        onPress={props.onRepeat}
        testId="repeat"
      >
        <RepeatIcon />
        {t('menu.repeat')}
      </Button>
    </nav>
  );
}

/** A drawing where the name says what it is; the word stands below in any case. */
function CategoryIcon({ name }: { name: string }): ReactElement {
  const words = fold(name);
  if (/drink|bebida|gaseosa|cafe|coffee|beer|wine|مشروب/.test(words)) return <DrinkIcon />;
  if (/dessert|postre|sweet|dulce|حلو/.test(words)) return <CakeIcon />;
  if (/starter|entrada|salad|ensalada|side|مقبل/.test(words)) return <SaladIcon />;
  if (/main|grill|principal|plato|burger|رئيس/.test(words)) return <UtensilsIcon />;
  return <ListIcon />;
}

export function MenuGrid(props: {
  shelf: Shelf;
  favourites: readonly string[];
  inCart: ReadonlyMap<string, number>;
  watched: readonly string[];
  onItem: (item: MenuItem) => void;
  onSoldOut: (item: MenuItem) => void;
  /** Held: whether it is sold, and how many are left. */
  onHold: (item: MenuItem) => void;
}): ReactElement {
  const { menus, menu, currency } = useDesk();
  const [query, setQuery] = useState('');
  const index = useMemo(() => indexMenu(menus), [menus]);
  const found = useMemo(() => searchMenu(index, query), [index, query]);
  const searching = query.trim() !== '';
  const { shelf } = props;
  const shelved =
    shelf.kind === 'favourites'
      ? props.favourites.flatMap((id) => menu.get(id)?.item ?? [])
      : (menus.find(({ id }) => id === shelf.id)?.items ?? []);
  const shown = searching ? found : shelved;
  return (
    <>
      <div className="srch">
        <SearchIcon />
        <input
          value={query}
          type="search"
          enterKeyHint="search"
          autoComplete="off"
          aria-label={t('menu.searchName')}
          placeholder={t('menu.search', { count: menu.size })}
          data-testid="search"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            const [only] = found;
            if (event.key === 'Escape') setQuery('');
            if (event.key === 'Enter' && only) props.onItem(only);
          }}
        />
        {searching && (
          <Button
            look="plain"
            className="btn-square"
            label={t('menu.clearSearch')}
            onPress={() => setQuery('')}
          >
            <CloseIcon />
          </Button>
        )}
      </div>
      <div className="grid-items" data-testid="menu-grid">
        {shown.map((item) => (
          <ItemKey
            key={item.id}
            item={item}
            currency={currency}
            count={props.inCart.get(item.id) ?? 0}
            clash={clashOf(item, props.watched)}
            onPress={() => (item.soldOut ? props.onSoldOut(item) : props.onItem(item))}
            onHold={() => props.onHold(item)}
          />
        ))}
        {searching && found.length === 0 && <p className="nothing">{t('menu.nothing', { query })}</p>}
      </div>
    </>
  );
}

function ItemKey({
  item,
  currency,
  count,
  clash,
  onPress,
  onHold,
}: {
  item: MenuItem;
  currency: string;
  count: number;
  clash: readonly string[];
  onPress: () => void;
  onHold: () => void;
}): ReactElement {
  const press = useHeldPress(onPress, onHold);
  return (
    <button
      type="button"
      className={`it pressable ${item.soldOut ? 'it-out' : ''}`}
      data-testid={`item-${item.id}`}
      {...press}
    >
      {count > 0 && (
        <em className="tag tag-inverse it-count">
          <Num>{count}×</Num>
        </em>
      )}
      <b>{item.name}</b>
      <span>
        <Num>{amountText(item.price, currency)}</Num>
        {item.soldOut ? (
          <strong className="it-zero">
            <span className="sr-only">{t('item.soldOut')}</span>
            <Num>0</Num>
          </strong>
        ) : item.left !== undefined ? (
          <strong className={item.left <= FEW ? 'it-few' : 'it-left'} data-testid={`left-${item.id}`}>
            {t('item.left', { count: item.left })}
          </strong>
        ) : null}
        {!item.soldOut && clash.length > 0 && (
          <em className="it-allergen">
            <AllergyIcon stroke={2.75} />
            {clash.map(allergenName).join(', ')}
          </em>
        )}
      </span>
    </button>
  );
}

/** What the item contains of what somebody at the table must not eat. */
function clashOf(item: MenuItem, watched: readonly string[]): string[] {
  const danger = new Set(watched.map(allergenId));
  return item.allergens.filter((word) => danger.has(allergenId(word)));
}
