import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { COVERS, ORDER_TYPES, type Cart } from './cart.ts';
import { useDesk } from './desk.tsx';
import { AllergyPicker, NoteField } from './noteFields.tsx';
import { Option, Stepper } from './stepper.tsx';

/** Every table as a key; `taken` ones say so. */
export function TablePicker({
  chosen,
  onChoose,
  not,
}: {
  chosen: string | null;
  onChoose: (table: string) => void;
  not?: string;
}): ReactElement {
  const { tables, orders } = useDesk();
  const taken = new Set(
    orders.flatMap((order) =>
      order.status === 'closed' || order.status === 'cancelled' || order.status === 'completed'
        ? []
        : (order.table ?? []),
    ),
  );
  const sorted = [...tables.values()].toSorted((a, b) =>
    a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  return (
    <div className="opts" role="group" aria-label={t('where.table')}>
      {sorted
        .filter((table) => table.id !== not)
        .map((table) => (
          <Option
            key={table.id}
            chosen={chosen === table.id}
            disabled={table.status === 'blocked'}
            onPress={() => onChoose(table.id)}
          >
            <Num>{table.name}</Num>
            {taken.has(table.id) && <small>{t('where.taken')}</small>}
          </Option>
        ))}
    </div>
  );
}

/** Where an order goes: a table, or a name to call. */
export function WhereSheet({
  cart,
  onChange,
  onTaken,
  onClose,
}: {
  cart: Cart;
  onChange: (cart: Cart) => void;
  onTaken: (table: string) => void;
  onClose: () => void;
}): ReactElement {
  const { orders, tables } = useDesk();
  const choose = (table: string): void => {
    const open = orders.some(
      (order) =>
        order.table === table &&
        order.status !== 'closed' &&
        order.status !== 'cancelled' &&
        order.status !== 'completed',
    );
    if (open) return onTaken(table);
    onChange({ ...cart, table, type: 'dine_in', covers: tables.get(table)?.covers ?? cart.covers });
    onClose();
  };
  return (
    <Sheet
      title={t('where.title')}
      onClose={onClose}
      className="sheet-wide"
      foot={
        <DoneFoot
          onDone={onClose}
          disabled={cart.table === null && cart.guest.trim() === ''}
          testId="where-done"
        />
      }
    >
      <div className="stack">
        <div className="opts" role="group" aria-label={t('where.type')}>
          {ORDER_TYPES.map((type) => (
            <Option
              key={type}
              chosen={cart.type === type}
              onPress={() => onChange({ ...cart, type, table: type === 'dine_in' ? cart.table : null })}
            >
              {t(`orderType.${type}`)}
            </Option>
          ))}
        </div>
        {cart.type === 'dine_in' ? (
          <>
            <div className="row">
              <h3>{t('draft.covers')}</h3>
              <Stepper
                name={t('draft.covers')}
                value={cart.covers}
                min={1}
                max={99}
                onChange={(covers) => onChange({ ...cart, covers })}
              />
            </div>
            <TablePicker chosen={cart.table} onChoose={choose} />
          </>
        ) : (
          <input
            className="field"
            value={cart.guest}
            maxLength={80}
            autoFocus
            aria-label={t('where.name')}
            placeholder={t('where.name')}
            data-testid="guest"
            onChange={(event) => onChange({ ...cart, guest: event.target.value })}
          />
        )}
        {cart.type === 'delivery' &&
          DROPOFF.map(({ field, type, most }) => (
            <input
              key={field}
              className="field"
              type={type}
              value={cart[field]}
              maxLength={most}
              dir="auto"
              aria-label={t(`where.${field}`)}
              placeholder={t(`where.${field}`)}
              data-testid={field}
              onChange={(event) => onChange({ ...cart, [field]: event.target.value })}
            />
          ))}
      </div>
    </Sheet>
  );
}

function DoneFoot(props: { onDone: () => void; disabled?: boolean; testId?: string }): ReactElement {
  return (
    <footer className="sheet-foot">
      <span className="grow" />
      <Button look="main" disabled={props.disabled} onPress={props.onDone} testId={props.testId}>
        {t('act.done')}
      </Button>
    </footer>
  );
}

/** What a courier needs to know. */
const DROPOFF = [
  { field: 'phone', type: 'tel', most: 40 },
  { field: 'address', type: 'text', most: 200 },
  { field: 'instructions', type: 'text', most: 140 },
] as const;

/** Note and allergies of a whole order that is not sent. */
export function NoteSheet({
  cart,
  onChange,
  onClose,
}: {
  cart: Cart;
  onChange: (cart: Cart) => void;
  onClose: () => void;
}): ReactElement {
  return (
    <Sheet
      title={t('draft.note')}
      onClose={onClose}
      className="sheet-wide"
      foot={<DoneFoot onDone={onClose} />}
    >
      <div className="stack">
        {cart.adds ? (
          <p className="text-text-2">{t('note.sentAlready')}</p>
        ) : (
          <>
            <NoteField value={cart.notes} onChange={(notes) => onChange({ ...cart, notes })} />
            <h3>{t('allergy.order')}</h3>
            <AllergyPicker
              value={cart.allergies}
              onChange={(allergies) => onChange({ ...cart, allergies })}
            />
          </>
        )}
      </div>
    </Sheet>
  );
}

/** Covers, and which seat each line is for: a tap passes it on to the next seat. */
export function SeatsSheet({
  cart,
  onChange,
  onClose,
}: {
  cart: Cart;
  onChange: (cart: Cart) => void;
  onClose: () => void;
}): ReactElement {
  const { menu } = useDesk();
  const seats = Math.max(cart.covers, COVERS);
  return (
    <Sheet
      title={t('draft.seats')}
      onClose={onClose}
      className="sheet-wide"
      foot={<DoneFoot onDone={onClose} />}
    >
      <div className="stack">
        {!cart.adds && (
          <div className="row">
            <h3>{t('draft.covers')}</h3>
            <Stepper
              name={t('draft.covers')}
              value={cart.covers}
              min={1}
              max={99}
              onChange={(covers) => onChange({ ...cart, covers })}
            />
          </div>
        )}
        {cart.lines.map((line) => (
          <div className="row row-line" key={line.id}>
            <span>
              <Num>{line.qty}</Num> {menu.get(line.menuItem)?.item.name ?? line.menuItem}
            </span>
            <span className="opts" role="group" aria-label={t('draft.seats')}>
              {Array.from({ length: Math.min(seats, 12) }, (_, index) => index + 1).map((seat) => (
                <Option
                  key={seat}
                  chosen={line.seat === seat}
                  onPress={() =>
                    onChange({
                      ...cart,
                      lines: cart.lines.map((other) =>
                        other.id === line.id ? { ...other, seat: other.seat === seat ? null : seat } : other,
                      ),
                    })
                  }
                >
                  <Num>{seat}</Num>
                </Option>
              ))}
            </span>
          </div>
        ))}
      </div>
    </Sheet>
  );
}
