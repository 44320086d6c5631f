import type { LoggedEvent } from '../domain/events.ts';
import type { Touch } from '../domain/state.ts';
import type { Cause } from '../protocol/down.ts';

/** Events of a location that are still named when a reader catches up; older ones show in the entities alone. */
const MOST = 512;

/** The names of the last events of a location, and what each touched: for sounds and highlights. */
export class RecentCauses {
  #list: { cause: Cause; keys: readonly string[] }[] = [];

  add(event: LoggedEvent, touched: readonly Touch[]): void {
    const { id, role, name, device } = event.by;
    this.#list.push({
      cause: {
        type: event.type,
        seq: event.seq,
        at: event.at,
        by: { id, role, ...(name !== undefined && { name }), ...(device !== undefined && { device }) },
        command: event.command,
      },
      keys: touched.map((touch) => `${touch.kind}|${touch.id}`),
    });
    if (this.#list.length > MOST * 2) this.#list = this.#list.slice(-MOST);
  }

  /** Events after `pos` that touched one of these. */
  since(pos: number, keys: ReadonlySet<string>): Cause[] {
    const causes: Cause[] = [];
    for (let index = this.#list.length - 1; index >= 0; index -= 1) {
      const one = this.#list[index];
      if (one === undefined || one.cause.seq <= pos) break;
      if (one.keys.some((key) => keys.has(key))) causes.push(one.cause);
    }
    return causes.reverse();
  }
}
