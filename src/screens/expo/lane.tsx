import { useAcknowledge, useView } from '../../sdk/react/hooks.ts';
import type { Painted } from '../../sdk/shapes.ts';

/**
 * A board that is the pass's own: what no station makes, and what the pass stands in for. Its tickets are drawn at the
 * side; they are heard once every one of them is on this screen.
 */
export function Lane({
  topic,
  shown,
  audio,
  hidden,
}: {
  topic: string;
  shown: ReadonlySet<string>;
  audio: Painted['audio'];
  hidden: boolean;
}): null {
  const view = useView(topic);
  const whole = [...view.entities.ticket.values()].every(
    ({ id, status }) => (status !== 'new' && status !== 'cooking') || shown.has(id),
  );
  useAcknowledge(topic, { cursor: hidden || !whole ? null : view.cursor }, { audio });
  return null;
}
