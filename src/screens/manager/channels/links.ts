import type { ChannelView } from '../../../domain/channel/entities.ts';
import type { OrderView } from '../../../domain/entities.ts';
import { isPlatformOrder, type PlatformOrder } from '../../platform/standing.ts';
import { field, listAt, textAt, wordsAt } from '../../pos/reading.ts';

/** How each channel is tied to its provider, as the server tells it, and what of its orders is a manager's business. */

export type Link = {
  readonly channel: string;
  readonly provider: string;
  /** Null: the address has to be made anew. */
  readonly url: string | null;
  readonly sandbox: boolean;
  readonly simulator: boolean;
  /** Secrets that are required and not set. */
  readonly missing: readonly string[];
  readonly lastDeliveryAt: number | null;
  /** What its provider last refused for good: of a telephone, to put a caller through. */
  readonly trouble: { readonly words: string; readonly at: number | null } | null;
};

export function readLinks(body: unknown): readonly Link[] | null {
  return (
    listAt(body, 'links', (one): Link | undefined => {
      const [channel, provider] = [textAt(one, 'channel'), textAt(one, 'provider')];
      if (channel === undefined || provider === undefined) return undefined;
      const trouble = field(one, 'trouble');
      const words = textAt(trouble, 'words');
      return {
        channel,
        provider,
        url: textAt(one, 'url') ?? null,
        sandbox: textAt(one, 'environment') === 'sandbox',
        simulator: field(one, 'simulator') === true,
        missing: wordsAt(one, 'missing'),
        lastDeliveryAt: timeAt(one, 'lastDeliveryAt'),
        trouble: words === undefined ? null : { words, at: timeAt(trouble, 'at') },
      };
    }) ?? null
  );
}

function timeAt(of: unknown, name: string): number | null {
  const time = Date.parse(textAt(of, name) ?? '');
  return Number.isNaN(time) ? null : time;
}

/** `none`: nobody has linked it; `broken`: it cannot work as it is. */
export type LinkHealth = 'none' | 'broken' | 'silent' | 'fine';

/** A link that has never heard anything may be right or wrong: that is said, and no more. */
export function healthOf(link: Link | undefined): LinkHealth {
  if (link === undefined) return 'none';
  if (link.url === null || link.missing.length > 0) return 'broken';
  return link.lastDeliveryAt === null ? 'silent' : 'fine';
}

export type ChannelRow = {
  readonly door: ChannelView;
  readonly link: Link | undefined;
  readonly health: LinkHealth;
  /** Wait for our yes, the shortest clock first. */
  readonly waiting: readonly PlatformOrder[];
  /** Open at the platform and not waiting. */
  readonly going: number;
  /** The platform said no to something about them, the newest first. */
  readonly refused: readonly PlatformOrder[];
};

export function channelRows(
  doors: readonly ChannelView[],
  orders: Iterable<OrderView>,
  links: readonly Link[],
): ChannelRow[] {
  const all = [...orders].filter(isPlatformOrder);
  return doors.map((door) => {
    const own = all.filter(({ platform }) => platform.channel === door.id);
    const waiting = own.filter(({ platform }) => platform.state === 'awaiting_accept');
    const link = links.find(({ channel }) => channel === door.id);
    const clock = ({ platform }: PlatformOrder): string => platform.acceptBy ?? '9';
    return {
      door,
      link,
      health: healthOf(link),
      waiting: waiting.toSorted((a, b) => (clock(a) < clock(b) ? -1 : 1)),
      going:
        own.filter(({ status }) => status !== 'cancelled' && status !== 'closed').length - waiting.length,
      refused: refusedOf(own),
    };
  });
}

function refusedOf(orders: readonly PlatformOrder[]): PlatformOrder[] {
  return orders.filter(({ platform }) => platform.trouble !== null).toSorted((a, b) => b.number - a.number);
}

export type OtherLine = {
  readonly link: Link;
  /** For which no courier would come. */
  readonly refused: readonly PlatformOrder[];
};

/** Lines to outside that are no doors for orders: couriers, telephones. */
export function otherLines(
  links: readonly Link[],
  doors: readonly ChannelView[],
  orders: Iterable<OrderView>,
): OtherLine[] {
  const known = new Set(doors.map(({ id }) => id));
  const all = [...orders].filter(isPlatformOrder);
  return links
    .filter(({ channel }) => !known.has(channel))
    .map((link) => ({
      link,
      refused: refusedOf(all.filter(({ platform }) => platform.channel === link.channel)),
    }));
}
