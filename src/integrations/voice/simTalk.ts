import type { SimInstance, SimStory, SimTold, SimWorld } from '../simulation.ts';
import { field, listAt, textAt } from '../wire.ts';

/**
 * Callers and an agent who talk to each other, at the pace of speech, whatever the provider: a table, an order, a message;
 * nobody who answers, a line that breaks, a caller who wants a person. How a provider tells the house of it is its own
 * simulator's.
 */
export type SimCall = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Ms since 1970. */
  readonly startedAt: number;
  endedAt: number | null;
  readonly turns: SimTurn[];
  readonly acts: string[];
  state: 'ringing' | 'ongoing' | 'ended' | 'analyzed' | 'missed';
  /** Every tool was answered with something to say, within the limit. */
  inTime: boolean;
  /** The house asked for the caller. */
  wanted: boolean;
};
/** `at`, `until`: seconds from the beginning. */
export type SimTurn = {
  readonly who: 'agent' | 'caller';
  text: string;
  readonly at: number;
  until: number;
  done: boolean;
};
export type SimTool = { readonly id: string; readonly name: string; readonly args: object };

/** How one provider tells. `tool` resolves with what the house answered; null: nothing that could be said. */
export type SimDialect = {
  ring(call: SimCall): Promise<void>;
  answered(call: SimCall): Promise<void>;
  spoken(call: SimCall): Promise<void>;
  tool(call: SimCall, tool: SimTool): Promise<unknown>;
  transfer(call: SimCall, step: 'started' | 'bridged'): Promise<void>;
  end(call: SimCall, how: 'hangup' | 'broken' | 'missed' | 'transferred'): Promise<void>;
  analysed(call: SimCall, summary: string): Promise<void>;
};

type Options = Readonly<Record<string, string>>;
type Wish = { readonly name: string; readonly args: Record<string, unknown> };

const NAMES = ['Lena Ortiz', 'Omar Haddad', 'Grace Kim', 'Iker Sola', 'Nadia Farouk', 'Tom Becker'];
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six'];
/** What people speak, in characters a second. */
const PACE = 14;
/** How often words that are being spoken are passed on. */
const PIECE = 24;
const PATIENCE_MS = 3_000;
const MOST_TRIES = 6;

/** The stories, and what is known of each call. `newId`: as the provider names calls. */
export function talking(
  world: SimWorld,
  dialect: SimDialect,
  newId: () => string,
): Pick<SimInstance, 'stories' | 'told'> & { readonly calls: ReadonlyMap<string, SimCall> } {
  const calls = new Map<string, SimCall>();
  const pick = <T>(list: readonly T[], first: T): T =>
    list[Math.floor(world.random() * list.length)] ?? first;

  async function begin(options: Options): Promise<SimCall> {
    const from =
      options['from'] ?? `+1202555${String(100 + Math.floor(world.random() * 100)).padStart(4, '0')}`;
    const call: SimCall = {
      id: newId(),
      from,
      to: world.store.startsWith('+') ? world.store : '+12025550110',
      startedAt: world.now(),
      endedAt: null,
      turns: [],
      acts: [],
      state: 'ringing',
      inTime: true,
      wanted: false,
    };
    calls.set(call.id, call);
    world.say(`${call.from} calls`);
    await dialect.ring(call);
    return call;
  }

  async function answer(options: Options): Promise<SimCall> {
    const call = await begin(options);
    call.state = 'ongoing';
    await dialect.answered(call);
    await say(call, options, 'agent', 'Good evening, how can I help?');
    return call;
  }

  const secondsOf = (call: SimCall): number => Math.round((world.now() - call.startedAt) / 100) / 10;

  /** Word by word, as long as speaking takes. `pace`: how many times as fast; 0 for at once. */
  async function say(call: SimCall, options: Options, who: SimTurn['who'], text: string): Promise<void> {
    const pace = Number(options['pace'] ?? 1);
    const turn: SimTurn = { who, text: '', at: secondsOf(call), until: secondsOf(call), done: false };
    call.turns.push(turn);
    world.say(`${call.from} ${who}: ${text}`);
    for (const piece of text.match(new RegExp(`.{1,${PIECE}}(?:\\s|$)|\\S+`, 'g')) ?? [text]) {
      if (pace > 0) await world.sleep((piece.length / PACE / pace) * 1_000);
      turn.text += piece;
      turn.until = secondsOf(call);
      turn.done = turn.text.length >= text.length;
      if (pace > 0 || turn.done) await dialect.spoken(call);
    }
    turn.text = text;
    turn.done = true;
  }

  /** The agent asks the house, and says what it is given to say. */
  async function ask(call: SimCall, options: Options, { name, args }: Wish): Promise<unknown> {
    const tool = { id: `tool_${call.acts.length + 1}_${call.id.slice(-6)}`, name, args };
    call.acts.push(name);
    const asked = world.now();
    const answer = await dialect.tool(call, tool);
    const sentence = textAt(answer, 'say');
    if (sentence === null || world.now() - asked > PATIENCE_MS) call.inTime = false;
    await say(call, options, 'agent', sentence ?? 'I am afraid that did not work.');
    return answer;
  }

  async function hangUp(call: SimCall, options: Options, summary: string): Promise<{ id: string }> {
    if (call.wanted) return handOver(call, options, summary);
    await say(call, options, 'caller', 'Great, thank you. Bye.');
    return end(call, options, 'hangup', summary);
  }

  async function end(
    call: SimCall,
    options: Options,
    how: 'hangup' | 'broken' | 'transferred',
    summary: string,
  ): Promise<{ id: string }> {
    call.endedAt = world.now();
    call.state = 'ended';
    await dialect.end(call, how);
    const pace = Number(options['pace'] ?? 1);
    if (pace > 0) await world.sleep(4_000 / pace);
    await dialect.analysed(call, summary);
    call.state = 'analyzed';
    return { id: call.id };
  }

  async function handOver(call: SimCall, options: Options, summary: string): Promise<{ id: string }> {
    await say(call, options, 'agent', 'One moment, I am putting you through.');
    await dialect.transfer(call, 'started');
    const pace = Number(options['pace'] ?? 1);
    if (pace > 0) await world.sleep(5_000 / pace);
    await dialect.transfer(call, 'bridged');
    if (pace > 0) await world.sleep(15_000 / pace);
    return end(call, options, 'transferred', `${summary} Somebody of the house went on.`);
  }

  const call: SimStory = async (options = {}) => {
    const name = options['name'] ?? pick(NAMES, 'Lena Ortiz');
    const party = Number(options['party'] ?? 2 + Math.floor(world.random() * 3));
    const day = options['date'] ?? 'tomorrow';
    const time = options['time'] ?? '7:30 pm';
    const line = await answer(options);
    await say(line, options, 'caller', `Hi, a table for ${WORDS[party] ?? party} ${day} at ${time}, please.`);
    await say(line, options, 'agent', 'Sure. What name should I put it under?');
    await say(line, options, 'caller', `${name}.`);
    const wish = { guest_name: name, party_size: party, date: day, time, phone: line.from };
    let said = await ask(line, options, { name: 'create_reservation', args: wish });
    const other = textAt(said, 'alternatives', 0);
    if (other !== null && !line.wanted) {
      const [date, clock] = other.split('T');
      await say(line, options, 'caller', 'Then the first of these, please.');
      said = await ask(line, options, { name: 'create_reservation', args: { ...wish, date, time: clock } });
    }
    const booked = textAt(said, 'reservation_id') !== null;
    return hangUp(line, options, `${name} asked for a table for ${party}${booked ? ' and got one' : ''}.`);
  };

  const order: SimStory = async (options = {}) => {
    const name = options['name'] ?? pick(NAMES, 'Omar Haddad');
    const wanted =
      world.menu.length === 0 ? [] : [pick(world.menu, world.menu[0]), pick(world.menu, world.menu[0])];
    const items = wanted.flatMap((dish) =>
      dish ? [{ name: dish.name, quantity: 1, modifiers: [] as string[] }] : [],
    );
    const line = await answer(options);
    await say(
      line,
      options,
      'caller',
      `I would like to order ${items.map((item) => item.name).join(' and ')}, to pick up.`,
    );
    const args = { guest_name: name, items, phone: line.from };
    let said = await ask(line, options, { name: 'place_order', args });
    for (
      let tries = 1;
      tries < MOST_TRIES && textAt(said, 'status') === 'unclear' && !line.wanted;
      tries += 1
    ) {
      const choice = textAt(said, 'candidates', 0);
      if (choice === null) break;
      await say(line, options, 'caller', `${choice}, please.`);
      const open = items.find((item) => (textAt(said, 'say') ?? '').includes(item.name)) ?? items[0];
      open?.modifiers.push(choice);
      said = await ask(line, options, { name: 'place_order', args });
    }
    return hangUp(line, options, `${name} ordered ${items.map((item) => item.name).join(' and ')}.`);
  };

  const message: SimStory = async (options = {}) => {
    const name = options['name'] ?? pick(NAMES, 'Grace Kim');
    const text = options['text'] ?? 'I think I left my scarf at your place last night.';
    const line = await answer(options);
    await say(line, options, 'caller', text);
    await ask(line, options, { name: 'take_message', args: { guest_name: name, message: text } });
    return hangUp(line, options, `${name} left a message.`);
  };

  const missed: SimStory = async (options = {}) => {
    const line = await begin(options);
    const pace = Number(options['pace'] ?? 1);
    if (pace > 0) await world.sleep(20_000 / pace);
    line.endedAt = world.now();
    line.state = 'missed';
    await dialect.end(line, 'missed');
    return { id: line.id };
  };

  const dropped: SimStory = async (options = {}) => {
    const name = options['name'] ?? pick(NAMES, 'Iker Sola');
    const line = await answer(options);
    await say(line, options, 'caller', 'Hello, I would like to come tomorrow at');
    const args = { guest_name: name, party_size: 2, date: 'tomorrow', time: '6 pm', phone: line.from };
    await ask(line, options, { name: 'create_reservation', args });
    return end(line, options, 'broken', 'The line broke.');
  };

  const transfer: SimStory = async (options = {}) => {
    const line = await answer(options);
    await say(line, options, 'caller', 'I would rather speak to a person, it is about a wedding.');
    return handOver(line, options, 'The caller asked for a person.');
  };

  return {
    calls,
    stories: { call, order, message, missed, dropped, transfer },
    told: () =>
      [...calls.values()].map(({ id, acts, state, inTime }): SimTold => ({
        id,
        acts: [...acts],
        state,
        inTime,
      })),
  };
}

/** A house that does not answer is asked again, as providers do. */
export async function insist(
  world: SimWorld,
  send: () => Promise<{ status: number; body: string }>,
  times = 3,
): Promise<{ status: number; body: string }> {
  for (let count = 1; ; count += 1) {
    const answer = await send();
    if ((answer.status >= 200 && answer.status < 300) || count === times) return answer;
    await world.sleep(1_000 * count);
  }
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** The first of a list of results, as JSON in a field. */
export function resultOf(body: unknown): unknown {
  const result = field(listAt(body, 'results')[0], 'result');
  return typeof result === 'string' ? jsonOf(result) : null;
}

/** 32 digits that name a call: its time first, so that the same story told again tomorrow is another call. */
export function nameOf(world: SimWorld): string {
  return `${Math.round(world.now()).toString(16).padStart(12, '0')}${hexOf(world, 20)}`;
}

function hexOf(world: SimWorld, count: number): string {
  return Array.from({ length: count }, () => Math.floor(world.random() * 16).toString(16)).join('');
}
