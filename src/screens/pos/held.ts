import { useRef, type MouseEvent, type PointerEvent } from 'react';
import { type PressProps, usePress } from '../ui/press.ts';

/** How long a key is held until it does its other thing, and how far a finger may slip meanwhile. */
const HOLD_MS = 500;
const SLIP = 16;

/** A key with a second meaning when it is held, or asked for by the context-menu key or a right click. */
export function useHeldPress(
  act: () => void,
  hold: () => void,
): PressProps & { onContextMenu(event: MouseEvent<HTMLElement>): void } {
  const press = usePress(act);
  const held = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const drop = (): void => {
    if (held.current !== null) clearTimeout(held.current.timer);
    held.current = null;
  };
  return {
    ...press,
    onPointerDown(event: PointerEvent<HTMLElement>) {
      press.onPointerDown(event);
      drop();
      if (event.button !== 0) return;
      const timer = setTimeout(() => {
        held.current = null;
        press.onPointerCancel();
        hold();
      }, HOLD_MS);
      held.current = { timer, x: event.clientX, y: event.clientY };
    },
    onPointerMove(event) {
      press.onPointerMove(event);
      const from = held.current;
      if (from !== null && Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP) drop();
    },
    onPointerUp(event) {
      drop();
      press.onPointerUp(event);
    },
    onPointerCancel() {
      drop();
      press.onPointerCancel();
    },
    onPointerLeave() {
      drop();
      press.onPointerLeave();
    },
    onContextMenu(event) {
      // A finger that is held sends one as well; its timer has acted by then, or will.
      event.preventDefault();
      if (held.current === null && event.nativeEvent instanceof window.PointerEvent) {
        if (event.nativeEvent.pointerType !== 'touch') hold();
      } else if (held.current === null) hold();
    },
  };
}
