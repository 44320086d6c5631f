import { TABLE } from '../../sdk/machine.ts';
import type { EventName, StateName } from '../../sdk/machineState.ts';
import type { Tally } from './tally.ts';

/** Which cells of the connection's table the screens went through: the table's own functions, each with a counter before it. */
let tally: Tally | null = null;
let isWatched = false;

type AnyCell = (state: { via?: string }, ...rest: unknown[]) => { state: { name: string; via?: string } };

export function watchMachine(next: Tally): void {
  tally = next;
  if (isWatched) return;
  isWatched = true;
  for (const [state, row] of Object.entries(TABLE))
    for (const [event, cell] of Object.entries(row)) {
      const plain = cell as unknown as AnyCell;
      const counted: AnyCell = (from, ...rest) => {
        const step = plain(from, ...rest);
        tally?.add(`cell ${state} ${event}`);
        if (event === 'ready' && step.state.name === 'live') tally?.add(`via ${step.state.via ?? ''}`);
        return step;
      };
      Object.assign(row, { [event]: counted });
    }
}

/** Every cell that there is. */
export function allCells(): string[] {
  return Object.entries(TABLE).flatMap(([state, row]) =>
    Object.keys(row).map((event) => `${state} ${event}`),
  );
}

/** Why no schedule can come to a cell; null: one can. */
export function whyUnseen(cell: string): string | null {
  const [state, event] = cell.split(' ') as [StateName, EventName];
  if (event === 'role') return 'pages here have no locks, so none leads another';
  if (state === 'idle' && event !== 'start' && event !== 'stop')
    return 'nothing is listened to before the first topic';
  if (event === 'frame' && (state === 'connecting' || state === 'handshaking'))
    return 'what comes before ready is not passed on';
  if (event === 'untrusted' && (state === 'handshaking' || state === 'live'))
    return 'a token is asked for before the call';
  if (state === 'closed') return 'a page that was closed listens to nothing';
  if ((event === 'calling' || event === 'opened') && (state === 'handshaking' || state === 'live'))
    return 'an attempt says each once before that; what was given up is cut off';
  const isLineEvent = ['opened', 'ready', 'frame', 'bye', 'gone', 'untrusted', 'calling'].includes(event);
  if (isLineEvent && ['waiting', 'offline', 'blocked'].includes(state))
    return 'no line is open; what was given up is cut off by its carrier';
  return null;
}
