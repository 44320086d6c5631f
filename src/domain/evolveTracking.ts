import type { LocationConfig } from './config.ts';
import type { LoggedEvent } from './events.ts';
import type { LocationState, Touch } from './state.ts';
import { type Tracking, beginTracking, changed, shiftLoad, track } from './tracking.ts';

/** What guests are told follows from what an event did to its order; the last step of applying any event. */
export function followTracking(
  before: LocationState,
  applied: { state: LocationState; touched: Touch[] },
  event: LoggedEvent,
): { state: LocationState; touched: Touch[] } {
  if (event.type === 'location.configured') return retell(before.config, applied, event);
  return applied.touched
    .filter(({ kind }) => kind === 'order')
    .reduce((rest, { id }) => followOrder(before, rest, id, event), applied);
}

function followOrder(
  before: LocationState,
  { state, touched }: { state: LocationState; touched: Touch[] },
  id: string,
  event: LoggedEvent,
): { state: LocationState; touched: Touch[] } {
  const old = state.tracking.get(id);
  const order = state.orders.get(id);
  if (!order) {
    if (!old) return { state, touched };
    const load = shiftLoad(state.load, old.work, {});
    return {
      state: { ...state, load, tracking: state.tracking.delete(id) },
      touched: [...touched, { kind: 'tracking', id }],
    };
  }
  const was = before.orders.get(id);
  const next =
    old && was
      ? track(old, was, order, event, { config: state.config, load: state.load })
      : beginTracking(order, event);
  if (next === old) return { state, touched };
  return {
    state: {
      ...state,
      load: shiftLoad(state.load, old?.work ?? {}, next.work),
      tracking: state.tracking.set(id, next),
    },
    touched: next.version === old?.version ? touched : [...touched, { kind: 'tracking', id }],
  };
}

/** What a guest is told of the house. */
const TOLD = ['name', 'timezone', 'language', 'address', 'phone'] as const;

/** The house has another name, clock or language: every guest is told. */
function retell(
  before: LocationConfig | null,
  applied: { state: LocationState; touched: Touch[] },
  event: LoggedEvent,
): { state: LocationState; touched: Touch[] } {
  const { config } = applied.state;
  if (TOLD.every((field) => before?.[field] === config?.[field])) return applied;
  let { tracking } = applied.state;
  const touched: Touch[] = [];
  for (const [id, one] of applied.state.tracking.entries()) {
    const next: Tracking = changed(one, event);
    tracking = tracking.set(id, next);
    touched.push({ kind: 'tracking', id });
  }
  return { state: { ...applied.state, tracking }, touched: [...applied.touched, ...touched] };
}
