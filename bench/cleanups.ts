/** What has to be undone, last first; each once, also when one of them fails or the start broke off half-way. */
export class Cleanups {
  static readonly #live = new Set<Cleanups>();
  readonly #todo: (() => Promise<void> | void)[] = [];

  /** Undoes everything that anybody started and did not undo: what an interrupted bench does. */
  static async runAll(): Promise<void> {
    await Promise.allSettled([...Cleanups.#live].map((one) => one.run()));
  }

  add(undo: () => Promise<void> | void): void {
    Cleanups.#live.add(this);
    this.#todo.push(undo);
  }

  /** Undoes everything; rejects with the first error after all had their turn. */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (let undo = this.#todo.pop(); undo; undo = this.#todo.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    Cleanups.#live.delete(this);
    if (errors.length > 0) throw errors[0];
  }

  /** Runs a start; when it fails, undoes what it did. */
  async guard<T>(start: () => Promise<T>): Promise<T> {
    try {
      return await start();
    } catch (error) {
      await this.run().catch(() => undefined);
      throw error;
    }
  }
}
