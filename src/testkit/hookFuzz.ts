import type { ChannelLink } from '../accounts/channelLinks.ts';
import type { HookHouse, InboxRow } from './hookHouse.ts';
import { type Mutated, mutateForm, mutateJson } from './hookMutations.ts';
import { createRandom } from './sim/random.ts';

/**
 * Throws a provider's samples at its address, each changed where it hurts and signed as the provider signs, and looks
 * whether the house stands: never a 5xx, a row for each that was accepted and none for one that was not, and a log that
 * moves only by the channel's own commands and what follows from them. The same seed throws the same.
 */
export type FuzzTarget = {
  readonly house: HookHouse;
  readonly location: string;
  readonly link: ChannelLink;
  /** Bodies as the provider sends them. */
  readonly samples: readonly { readonly name: string; readonly raw: Buffer; readonly form?: boolean }[];
  /** The headers with which the provider would send these bytes to this address, `content-type` among them. */
  readonly sign: (raw: Buffer, url: string) => Readonly<Record<string, string>>;
  /** Bytes that nobody can sign: they may be refused although `sign` did its best. */
  readonly mayRefuse?: (raw: Buffer) => boolean;
  /** Headers that prove nothing. Default: those of `sign`, over other bytes. */
  readonly forge?: (raw: Buffer, url: string) => Readonly<Record<string, string>>;
};
export type FuzzReport = {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  /** By status, of the rows at the end. */
  readonly rows: Readonly<Record<string, number>>;
  readonly events: number;
  /** What must not be; empty when the house stands. At most 20. */
  readonly faults: readonly string[];
};

const AT_ONCE = 8;
const BATCH = 40;
const MOST_FAULTS = 20;
/** Of a body, at the door. */
const MOST_BYTES = 1_048_576;
/** One in so many is signed wrongly. */
const FORGED = 8;

export async function fuzzHook(
  target: FuzzTarget,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<FuzzReport> {
  const { house, location, link } = target;
  const random = createRandom(seed);
  const faults: string[] = [];
  const fault = (words: string) => void (faults.length < MOST_FAULTS && faults.push(words));
  const before = await house.marks(location);
  const url = `${house.url}/hooks/${link.provider}/${link.address ?? ''}`;
  const head = await house.server.head(location);
  let accepted = 0;
  let refused = 0;
  let moved = head;

  const throwOne = async (
    one: Mutated & { readonly forged: boolean; readonly name: string },
  ): Promise<void> => {
    const named = `${one.name} (${one.what})`;
    const headers = one.forged
      ? (target.forge ?? ((raw, at) => target.sign(Buffer.concat([raw, Buffer.from('!')]), at)))(one.raw, url)
      : target.sign(one.raw, url);
    const { status, text } = await deliver(house, link, one.raw, headers);
    if (status >= 500) fault(`${named}: ${status} ${text.slice(0, 200)}`);
    if (status < 300) accepted += 1;
    else refused += 1;
    if (one.raw.length > MOST_BYTES) {
      if (status !== 413) fault(`${named}, ${one.raw.length} bytes: ${status}`);
    } else if (one.forged) {
      if (status !== 401) fault(`${named}, forged: ${status}`);
    } else if (status >= 300 && status < 500 && target.mayRefuse?.(one.raw) !== true) {
      fault(`${named}, signed: ${status} ${text.slice(0, 200)}`);
    }
  };

  for (let sent = 0; sent < count; sent += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - sent) }, (_, index) => {
      const sample = random.pick(target.samples);
      const mutate = sample.form === true ? mutateForm : mutateJson;
      return {
        ...mutate(sample.raw, random, sent + index),
        forged: random.below(FORGED) === 0,
        name: sample.name,
      };
    });
    const doneBefore = await house.count(location, 'done');
    for (let at = 0; at < batch.length; at += AT_ONCE)
      await Promise.all(batch.slice(at, at + AT_ONCE).map(throwOne));
    // What is tried again has done nothing; it is looked at with the rest at the end.
    await house.settle(location, ['failed']);
    const now = await house.server.head(location);
    if (
      now > moved &&
      (await house.count(location, 'done')) === doneBefore &&
      !(await onlyPolicies(target, moved))
    )
      fault(`the log moved from ${moved} to ${now}, and no delivery had done anything`);
    moved = now;
  }

  const after = await house.marks(location);
  const rows = after.slice(before.length);
  const kept = rows.reduce((sum, { repeats }) => sum + 1 + repeats, 0) + repeatsOf(before, after);
  if (kept !== accepted) fault(`${accepted} were accepted, and the inbox counts ${kept}`);
  const keys = rows.map(({ dedupe_key: key }) => key);
  if (new Set(keys).size !== keys.length) fault('two rows have one key');
  const strangers = (await eventsAfter(target, head)).filter(
    ({ by }) => by.id !== `channel:${link.channel}` && by.role !== 'policy',
  );
  for (const { type, by } of strangers) fault(`${type} is of ${by.id}`);

  const byStatus: Record<string, number> = {};
  for (const { status } of rows) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    sent: count,
    accepted,
    refused,
    rows: byStatus,
    events: (await house.server.head(location)) - head,
    faults,
  };
}

/** Waits when the door asks for patience: a fuzzer is quicker than any provider. */
async function deliver(
  house: HookHouse,
  link: ChannelLink,
  raw: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; text: string }> {
  for (;;) {
    const answer = await house.deliver(link, raw, headers);
    if (answer.status !== 429) return answer;
    await new Promise((resolve) =>
      setTimeout(resolve, Number(answer.headers.get('retry-after') ?? 1) * 1_000),
    );
  }
}

type Mark = Pick<InboxRow, 'id' | 'repeats'>;

function repeatsOf(before: readonly Mark[], after: readonly Mark[]): number {
  const known = new Map(after.map(({ id, repeats }) => [id, repeats]));
  return before.reduce((sum, { id, repeats }) => sum + (known.get(id) ?? repeats) - repeats, 0);
}

type Seen = { readonly type: string; readonly by: { readonly id: string; readonly role: string } };

async function eventsAfter({ house, location }: FuzzTarget, head: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let after = head; ;) {
    const page = await house.server.log.readTail(location, after, 1_000);
    seen.push(...page.map(({ type, by }) => ({ type, by: by as Seen['by'] })));
    const last = page.at(-1);
    if (last === undefined) return seen;
    after = last.seq;
  }
}

async function onlyPolicies(target: FuzzTarget, after: number): Promise<boolean> {
  return (await eventsAfter(target, after)).every(({ by }) => by.role === 'policy');
}
