import type { ScheduleResult } from './schedule.ts';

/** What schedules together have touched: a run that is green without it proves nothing. */
export class Coverage {
  readonly counts = new Map<string, number>();
  schedules = 0;
  failed = 0;
  #seconds = 0;
  #ms = 0;

  add({ counts, ok, profile, seconds, ms }: ScheduleResult): void {
    this.schedules += 1;
    if (!ok) this.failed += 1;
    this.#seconds += seconds;
    this.#ms += ms;
    this.#count(`profile ${profile}`, 1);
    for (const [name, count] of Object.entries(counts)) this.#count(name, count);
  }

  get(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** All names that begin so, most frequent first. */
  of(start: string): [name: string, count: number][] {
    return [...this.counts]
      .filter(([name]) => name.startsWith(start))
      .map(([name, count]): [string, number] => [name.slice(start.length), count])
      .sort(([, a], [, b]) => b - a);
  }

  text(): string {
    const line = (title: string, start: string): string =>
      `${title}: ${this.of(start)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')}`;
    const hours = (this.#seconds / 3_600).toFixed(1);
    return [
      `${this.schedules} schedules, ${this.failed} failed, ${hours} hours of service, ${(this.#ms / Math.max(1, this.schedules)).toFixed(0)} ms each`,
      line('profiles', 'profile '),
      line('faults', 'fault '),
      line('lost', 'lost '),
      line('doubled', 'doubled '),
      line('overtook', 'overtook '),
      line('closed with', 'closed '),
      line('resets', 'reset '),
      line('taps', 'tap '),
      line('events', 'event '),
      line('transports', 'via '),
      line('cells of the machine', 'cell '),
    ].join('\n');
  }

  #count(name: string, by: number): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }
}
