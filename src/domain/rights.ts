import type { CommandName, Role } from './commands.ts';

/** Who may do and see what: the contract's table, in one place for the edge, the feed and the screens. */

type Rights = { topics: readonly TopicKind[]; commands: readonly (CommandName | `${string}.*`)[] };

/** The kinds of topic; `station:grill` is of kind `station`. */
export type TopicKind = 'station' | 'kitchen' | 'pos' | 'floor' | 'host' | 'manager' | 'order';

const EVERYTHING: Rights = {
  topics: ['station', 'kitchen', 'pos', 'floor', 'host', 'manager', 'order'],
  commands: [
    'order.*',
    'item.*',
    'ticket.*',
    'menu.*',
    'table.*',
    'location.*',
    'reservation.*',
    'waitlist.*',
    'call.*',
    'message.*',
    'channel.*',
    'stock.*',
  ],
};

const AT_THE_DOOR: Rights['commands'] = [
  'table.*',
  'order.place',
  'reservation.*',
  'waitlist.*',
  'call.*',
  'message.*',
];

const RIGHTS: Record<Role, Rights> = {
  owner: EVERYTHING,
  manager: EVERYTHING,
  expo: {
    topics: ['kitchen', 'station', 'floor', 'pos'],
    commands: [
      'order.add',
      'order.fire',
      'order.hold',
      'order.transfer',
      'order.serve',
      'order.cancel',
      'item.*',
      'ticket.*',
      'menu.*',
      'channel.*',
      'stock.portions',
      'stock.waste',
      'stock.sellOut',
    ],
  },
  kitchen: {
    topics: ['kitchen', 'station'],
    commands: [
      'ticket.*',
      'item.ready',
      'item.unready',
      'menu.*',
      'stock.portions',
      'stock.waste',
      'stock.sellOut',
    ],
  },
  waiter: {
    topics: ['pos', 'floor', 'kitchen'],
    commands: ['order.*', 'item.*', 'menu.soldOut', 'stock.portions', 'stock.sellOut', 'table.*'],
  },
  host: { topics: ['host', 'floor', 'pos'], commands: AT_THE_DOOR },
  phone: { topics: ['host', 'floor', 'pos'], commands: AT_THE_DOOR },
  display: { topics: ['kitchen'], commands: [] },
  guest: { topics: ['order'], commands: [] },
  partner: { topics: [], commands: ['order.place', 'order.cancel'] },
};

/** May this role give this command at all? Finer rules (a manager's PIN for started food) are `decide`'s. */
export function mayCommand(role: Role, name: CommandName): boolean {
  return RIGHTS[role].commands.some(
    (right) => right === name || (right.endsWith('.*') && name.startsWith(right.slice(0, -1))),
  );
}

/** May this role read this topic? */
export function mayRead(role: Role, topic: string): boolean {
  const kind = topicKind(topic);
  return kind !== null && RIGHTS[role].topics.includes(kind);
}

/** Roles whose painted acknowledgement makes a ticket heard. */
export function mayHear(role: Role): boolean {
  return role === 'kitchen' || role === 'expo';
}

/** The kind of a topic's name; null when there is no such topic. */
export function topicKind(topic: string): TopicKind | null {
  if (topic.startsWith('station:') && topic.length > 8) return 'station';
  if (topic.startsWith('order:') && topic.length > 6) return 'order';
  if (topic === 'kitchen' || topic === 'pos' || topic === 'floor' || topic === 'host' || topic === 'manager')
    return topic;
  return null;
}
