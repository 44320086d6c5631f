import { useCallback, type ReactElement } from 'react';
import type { ItemView, OrderView } from '../../domain/entities.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import { EightySix } from '../stock/lazySheet.tsx';
import { useActs } from './acts.tsx';
import { type Cart, cartFor, sellableOf } from './cart.ts';
import { useDesk } from './desk.tsx';
import { NoteSheet, SeatsSheet, WhereSheet } from './draftSheets.tsx';
import { GuestLinkSheet } from './guestLink.tsx';
import { ItemSheet, RefireSheet, VoidSheet } from './itemSheets.tsx';
import { CancelSheet, MoveSheet, OrderMenu } from './orderSheets.tsx';
import { openOrders } from './orders.ts';

export type Sheet =
  | null
  | { kind: 'where' | 'note' | 'seats' | 'menu' | 'move' | 'cancel' | 'void' | 'link' }
  | { kind: 'item' | 'refire' | 'voidItem'; item: string }
  | { kind: 'eighty'; menuItem: string };

/** The sheets of order entry: one at a time, over everything. */
export function PosSheets(props: {
  sheet: Sheet;
  order: OrderView | null;
  cart: Cart | null;
  onSheet: (sheet: Sheet) => void;
  onType: (cart: Cart) => void;
  onAmend: (item: ItemView) => void;
  onRepeat: () => void;
  onDiscarded: () => void;
}): ReactElement {
  const { sheet, order, cart, onSheet, onType, onAmend, onRepeat, onDiscarded } = props;
  const { orders, drafts, menu, zone } = useDesk();
  const { say } = useActs();
  const heard = useHeard();
  const close = useCallback(() => onSheet(null), [onSheet]);
  const item = sheet && 'item' in sheet ? order?.items?.find(({ id }) => id === sheet.item) : undefined;
  const held = sheet?.kind === 'eighty' ? menu.get(sheet.menuItem) : undefined;
  return (
    <>
      {held && <EightySix of={sellableOf(held)} zone={zone} say={say} onClose={close} />}
      {sheet?.kind === 'where' && cart && (
        <WhereSheet
          cart={cart}
          onChange={(next) => drafts.put(next)}
          onTaken={(table) => {
            // Somebody sits there: what was typed goes to their order.
            const open = openOrders(orders).find((other) => other.table === table);
            if (!open) return;
            const lines = cart.lines;
            drafts.drop(cart.order);
            onType({ ...cartFor(open, heard.serverNow()), lines });
            close();
          }}
          onClose={close}
        />
      )}
      {sheet?.kind === 'note' && cart && (
        <NoteSheet cart={cart} onChange={(next) => drafts.put(next)} onClose={close} />
      )}
      {sheet?.kind === 'seats' && cart && (
        <SeatsSheet cart={cart} onChange={(next) => drafts.put(next)} onClose={close} />
      )}
      {sheet?.kind === 'menu' && (
        <OrderMenu
          order={order}
          cart={cart}
          onWhere={() => onSheet({ kind: 'where' })}
          onMove={() => onSheet({ kind: 'move' })}
          onCancel={() => onSheet({ kind: 'cancel' })}
          onLink={() => onSheet({ kind: 'link' })}
          onRepeat={onRepeat}
          onDiscard={() => {
            if (cart) drafts.drop(cart.order);
            onDiscarded();
          }}
          onClose={close}
        />
      )}
      {sheet?.kind === 'move' && order && <MoveSheet order={order} onClose={close} />}
      {sheet?.kind === 'cancel' && order && <CancelSheet order={order} onClose={close} />}
      {sheet?.kind === 'link' && order && <GuestLinkSheet order={order} onClose={close} />}
      {sheet?.kind === 'void' && order && <VoidSheet order={order} item={null} onClose={close} />}
      {sheet?.kind === 'voidItem' && order && item && <VoidSheet order={order} item={item} onClose={close} />}
      {sheet?.kind === 'refire' && order && item && <RefireSheet order={order} item={item} onClose={close} />}
      {sheet?.kind === 'item' && order && item && (
        <ItemSheet
          order={order}
          item={item}
          onAmend={() => onAmend(item)}
          onVoid={() => onSheet({ kind: 'voidItem', item: item.id })}
          onRefire={() => onSheet({ kind: 'refire', item: item.id })}
          onClose={close}
        />
      )}
    </>
  );
}
