import { useRef, useState, type MouseEvent, type PointerEvent } from 'react';

/**
 * Touch for wet hands and gloves: act on `pointerup` inside the same target, cancel after 24 px of travel,
 * ignore a second touch on the same target for 300 ms, ignore contacts wider than 60 px (a forearm, a cloth).
 * Keys and assistive technology arrive as a `click` without a pointer (`detail` 0).
 */

const TRAVEL = 24;
const AGAIN_AFTER = 300;
/** Keys that people do tap twice on purpose, as in 1111: only what no finger can do is a bounce. */
const QUICK_AGAIN_AFTER = 60;
const WIDEST = 60;

export type PressState = { at: { x: number; y: number; pointer: number } | null; actedAt: number };

/** Pure half of the rules, so that they can be tested without a page. Times in ms, lengths in CSS px. */
export const pressRules = {
  begin(
    state: PressState,
    touch: { x: number; y: number; pointer: number; width: number; button: number },
    now: number,
    quick = false,
  ): boolean {
    const again = quick ? QUICK_AGAIN_AFTER : AGAIN_AFTER;
    if (touch.button !== 0 || touch.width > WIDEST || now - state.actedAt < again) return false;
    state.at = { x: touch.x, y: touch.y, pointer: touch.pointer };
    return true;
  },
  travelled(state: PressState, touch: { x: number; y: number; pointer: number }): boolean {
    const from = state.at;
    return (
      from === null ||
      from.pointer !== touch.pointer ||
      Math.hypot(touch.x - from.x, touch.y - from.y) > TRAVEL
    );
  },
  end(
    state: PressState,
    touch: { x: number; y: number; pointer: number; inside: boolean },
    now: number,
  ): boolean {
    const acts = touch.inside && !pressRules.travelled(state, touch);
    state.at = null;
    if (acts) state.actedAt = now;
    return acts;
  },
};

export type PressProps = {
  'data-pressed': boolean;
  onPointerDown(event: PointerEvent<HTMLElement>): void;
  onPointerMove(event: PointerEvent<HTMLElement>): void;
  onPointerUp(event: PointerEvent<HTMLElement>): void;
  onPointerCancel(): void;
  onPointerLeave(): void;
  onClick(event: MouseEvent<HTMLElement>): void;
};

/** Spread onto a button (class `pressable`): the pressed look comes at once, the act on release. `quick`: for keys. */
export function usePress(act: () => void, disabled = false, quick = false): PressProps {
  const [pressed, setPressed] = useState(false);
  const state = useRef<PressState>({ at: null, actedAt: -Infinity });
  const cancel = (): void => {
    state.current.at = null;
    setPressed(false);
  };
  return {
    'data-pressed': pressed,
    onPointerDown(event) {
      if (disabled) return;
      const width = event.pointerType === 'mouse' ? 1 : event.width;
      setPressed(
        pressRules.begin(
          state.current,
          { x: event.clientX, y: event.clientY, pointer: event.pointerId, width, button: event.button },
          event.timeStamp,
          quick,
        ),
      );
    },
    onPointerMove(event) {
      if (
        state.current.at !== null &&
        pressRules.travelled(state.current, { x: event.clientX, y: event.clientY, pointer: event.pointerId })
      )
        cancel();
    },
    onPointerUp(event) {
      if (disabled || state.current.at === null) return;
      const box = event.currentTarget.getBoundingClientRect();
      const inside =
        event.clientX >= box.x &&
        event.clientX <= box.x + box.width &&
        event.clientY >= box.y &&
        event.clientY <= box.y + box.height;
      const acts = pressRules.end(
        state.current,
        { x: event.clientX, y: event.clientY, pointer: event.pointerId, inside },
        event.timeStamp,
      );
      setPressed(false);
      if (acts) act();
    },
    onPointerCancel: cancel,
    onPointerLeave() {
      // A finger keeps its target until it lifts; a mouse that leaves has changed its mind.
      if (state.current.at !== null) cancel();
    },
    onClick(event) {
      if (!disabled && event.detail === 0) act();
    },
  };
}
