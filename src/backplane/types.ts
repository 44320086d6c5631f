/**
 * What one node can say to the others. Nothing said here is ever needed: it may be lost, doubled or late without effect
 * on what is true, since every node asks PostgreSQL anyway. It only makes them ask sooner.
 *
 * - *channel*: where nodes that share an interest meet; a node hears a channel only while it has joined it.
 * - *up*: this node's own words come back to it, so others' would too.
 */
export type Backplane = {
  /** Names this process among the nodes; another one at each start. */
  readonly node: string;
  readonly isUp: boolean;
  /** There can be no other node: nothing needs to be said. */
  readonly isAlone: boolean;
  /** Hears what other nodes say on a channel until the answer is called. */
  join(channel: string, listener: Listener): () => void;
  /** Says something on a channel; forgotten when nobody can hear it. */
  say(channel: string, text: string): void;
  /** False when the last word on this channel reached no other node: details would be wasted on it. */
  isHeard(channel: string): boolean;
  /** Called with every change of `isUp`. */
  onChange(listener: (isUp: boolean) => void): void;
  /** Resolves at once; reaching the others happens behind, and again after each loss. */
  start(): void;
  stop(): Promise<void>;
};

export type Listener = {
  /** In the order in which one node said it; `node` is who. */
  heard(text: string, node: string): void;
  /** From now on everything is heard: called after each time that may have been missed. */
  joined?(): void;
};

export type BackplaneObserver = {
  /** A word was not sent because nobody could take it. */
  dropped?(): void;
  report?(message: string, detail?: Readonly<Record<string, unknown>>): void;
};
