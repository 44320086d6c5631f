import { useEffect, useRef } from 'react';
import type { AlertView } from '../../domain/entities.ts';
import type { Player } from '../ui/player.ts';
import type { PassOrder } from './orders.ts';

/** A finished order chimes once; what no station makes, nobody heard or nobody tapped calls for somebody. */
export function usePassSounds(
  player: Player,
  passes: readonly PassOrder[],
  alerts: readonly AlertView[],
  loaded: boolean,
): void {
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!loaded) return;
    const now = new Set([
      ...passes.filter((pass) => pass.complete).map((pass) => pass.order.id),
      ...alerts.map((alert) => alert.id),
    ]);
    const before = known.current;
    known.current = now;
    if (before === null) return;
    if (alerts.some((alert) => !before.has(alert.id))) player.play('change');
    else if ([...now].some((id) => !before.has(id))) player.play('new');
  }, [player, passes, alerts, loaded]);
}
