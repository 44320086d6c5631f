import { theirsOf } from '../../domain/channel/items.ts';
import { placeWords } from '../placeWords.ts';
import {
  type ChannelRequest,
  type OutgoingAnswer,
  ProviderRefused,
  type ProviderTools,
  TryLater,
} from '../provider.ts';
import { field, listAt, numberAt, textAt } from '../wire.ts';
import { isoOf, pathId, problemOf, uberCall, type UberScope } from './api.ts';

/** What the house tells Uber Eats of the restaurant as a whole: closed for a while, slower, without a dish. */
export async function sendToStore(request: ChannelRequest, tools: ProviderTools): Promise<void> {
  const { act } = request;
  switch (act) {
    case 'pause':
      return pause(tools, textAt(request, 'until'), textAt(request, 'reason'));
    case 'resume':
      return setStatus(tools, { status: 'ONLINE' }, { status: 'ONLINE' });
    case 'busy':
      return slowDown(tools, numberAt(request, 'minutes') ?? 0);
    case 'itemOut':
    case 'itemBack':
      return suspendAll(
        tools,
        listAt(request, 'externalIds').flatMap((one) => textAt(one) ?? []),
        act === 'itemBack' ? 0 : secondsOf(textAt(request, 'until')),
      );
    default:
      return;
  }
}

/** The store as Uber knows it: the channel's `store`. */
export function storeOf(tools: ProviderTools): string {
  const store = pathId(tools.channel.store);
  if (store === null)
    throw new ProviderRefused(
      `the channel "${tools.channel.id}" does not say which store of Uber Eats it is: set its "store" to the store's id`,
      'no_store',
    );
  return store;
}

/** Uber wants an end of every pause; one that ends by hand is renewed by nobody, so it is long. */
const LONGEST_PAUSE_MS = 7 * 86_400_000;

async function pause(tools: ProviderTools, until: string | null, why: string | null): Promise<void> {
  const end = until ?? isoOf(tools.now() + LONGEST_PAUSE_MS);
  const reason = why ?? placeWords(tools.config).paused;
  await setStatus(
    tools,
    { status: 'OFFLINE', is_offline_until: end, reason },
    { status: 'PAUSED', paused_until: end, reason },
  );
}

async function setStatus(
  tools: ProviderTools,
  body: Readonly<Record<string, unknown>>,
  legacy: Readonly<Record<string, unknown>>,
): Promise<void> {
  const store = storeOf(tools);
  const scope = 'eats.store.status.write';
  const answer = await post(tools, scope, `/v1/delivery/store/${store}/update-store-status`, body);
  if (answer.status < 300) return;
  if (answer.status !== 403 && answer.status !== 404) throw refused('the new status of the store', answer);
  const older = await post(tools, scope, `/v1/eats/store/${store}/status`, legacy);
  if (older.status >= 300) throw refused('the new status of the store', older);
}

/** The most that Uber takes: three hours. */
const LONGEST_PREP_S = 10_800;

async function slowDown(tools: ProviderTools, minutes: number): Promise<void> {
  const seconds = Math.min(LONGEST_PREP_S, (tools.channel.prepMinutes + minutes) * 60);
  const answer = await post(
    tools,
    'eats.store',
    `/v1/delivery/store/${storeOf(tools)}/update-store-prep-time`,
    { default_prep_time: seconds },
  );
  if (answer.status >= 300) throw refused('the new preparation time', answer);
}

/** 2100-01-01: until somebody says otherwise. */
const FOR_EVER_S = 4_102_444_800;

function secondsOf(until: string | null): number {
  const at = until === null ? Number.NaN : Date.parse(until);
  return Number.isFinite(at) ? Math.round(at / 1_000) : FOR_EVER_S;
}

async function suspendAll(
  tools: ProviderTools,
  externalIds: readonly string[],
  until: number,
): Promise<void> {
  let problem: ProviderRefused | null = null;
  let menu: Menu | null = null;
  for (const externalId of externalIds) {
    // A path takes these for a way up, however they are spelt.
    if (/^\.{1,2}$/.test(externalId)) {
      problem = new ProviderRefused(`"${externalId}" is no item of Uber Eats`, 'no_item');
      continue;
    }
    let answer = await suspend(tools, externalId, until);
    if (answer.status === 404) {
      // Uber's menu has ids of its own, and the house knows the dish by its `external_data`.
      menu ??= await menuOf(tools);
      const id = menu?.byName.get(externalId);
      if (id !== undefined) answer = await suspend(tools, id, until);
      // What is not on the menu there cannot be bought there: that is as it should be.
      else if (menu !== null && !menu.ids.has(externalId)) continue;
    }
    // The others are tried all the same: one that was taken off Uber's menu must not keep them on sale.
    if (answer.status >= 300) problem = refused(`"${externalId}"`, answer);
  }
  if (problem !== null) throw problem;
}

/** Tells again of everything that is sold out, to a menu that may not know. How many there were. */
export async function suspendSoldOut(tools: ProviderTools): Promise<number> {
  const { soldOut } = await tools.state();
  const kinds = [
    [soldOut.items, false],
    [soldOut.options, true],
  ] as const;
  let count = 0;
  for (const [entries, isOption] of kinds)
    for (const [id, { until }] of Object.entries(entries)) {
      count += 1;
      try {
        await suspendAll(tools, theirsOf(tools.channel, id, isOption), secondsOf(until ?? null));
      } catch (error) {
        // Not on Uber's menu at all: then it cannot be bought there either.
        if (!(error instanceof ProviderRefused)) throw error;
        tools.report('a sold-out item is unknown to Uber Eats', { item: id, why: error.message });
      }
    }
  return count;
}

function suspend(tools: ProviderTools, item: string, until: number): Promise<OutgoingAnswer> {
  const words = placeWords(tools.config);
  return post(
    tools,
    'eats.store',
    `/v2/eats/stores/${storeOf(tools)}/menus/items/${encodeURIComponent(item)}`,
    {
      suspension_info: {
        suspension: { suspend_until: until, reason: until === 0 ? words.backInStock : words.soldOut },
      },
    },
  );
}

/** A menu with its pictures' addresses is large. */
const LARGEST_MENU = 16 * 1_048_576;

type Menu = { readonly ids: ReadonlySet<string>; readonly byName: ReadonlyMap<string, string> };

/** Null: Uber does not show one. */
async function menuOf(tools: ProviderTools): Promise<Menu | null> {
  const answer = await uberCall(tools, 'eats.store', {
    method: 'GET',
    path: `/v2/eats/stores/${storeOf(tools)}/menus`,
    mostBytes: LARGEST_MENU,
  });
  if (answer.status >= 300) return null;
  const ids = new Set<string>();
  const byName = new Map<string, string>();
  for (const item of listAt(answer.json, 'items')) {
    const id = textAt(item, 'id');
    const name = textAt(item, 'external_data');
    if (id === null) continue;
    ids.add(id);
    if (name !== null && name !== id) byName.set(name, id);
  }
  return { ids, byName };
}

function post(
  tools: ProviderTools,
  scope: UberScope,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<OutgoingAnswer> {
  return uberCall(tools, scope, { method: 'POST', path, body });
}

function refused(what: string, answer: OutgoingAnswer): ProviderRefused {
  const { code, words } = problemOf(answer);
  return new ProviderRefused(`Uber Eats refused ${what}: ${words}`, code);
}

/** Is the store open at Uber, and if not, why? */
export async function statusAt(
  tools: ProviderTools,
  href: string | null,
): Promise<{ readonly open: boolean; readonly reason: string }> {
  const answer = await uberCall(tools, 'eats.store', {
    method: 'GET',
    ...(href === null ? { path: `/v1/delivery/store/${storeOf(tools)}/status` } : { url: href }),
  });
  const status = textAt(answer.json, 'status');
  if (answer.status >= 300 || status === null)
    throw new TryLater(`Uber Eats does not say how the store is: ${problemOf(answer).words}`);
  const reason =
    textAt(answer.json, 'offline_reason') ??
    textAt(answer.json, 'offlineReason') ??
    textAt(field(answer.json, 'offline_reason_metadata'), 'offline_reason');
  return { open: status === 'ONLINE' || status === 'ACTIVE', reason: reason ?? status };
}
