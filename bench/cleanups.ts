/** What has to be undone, last first; each once, also when one of them fails or the start broke off half-way. */
export class Cleanups {
  readonly #todo: (() => Promise<void> | void)[] = [];

  add(undo: () => Promise<void> | void): void {
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
