import { describe, expect, it } from 'vitest';
import type { Provider, Secrets } from '../provider.ts';
import type { ProviderSim, SimInstance } from '../simulation.ts';
import { retell } from '../retell/retell.ts';
import { retellSim } from '../retell/sim.ts';
import { diner, VoiceHouse } from '../testing/voiceHouse.ts';
import { type VoiceWorld, voiceWorld } from '../testing/voiceWorld.ts';
import { twilioSim } from '../twilio/sim.ts';
import { twilio } from '../twilio/twilio.ts';
import { vapiSim } from '../vapi/sim.ts';
import { vapi } from '../vapi/vapi.ts';
import { field, listAt } from '../wire.ts';

const NOW = '2026-11-20T19:20:00.000Z';
const HOOK = 'https://house.example/hooks/x/address';
const AGENTS: readonly [Provider, ProviderSim, Secrets][] = [
  [retell, retellSim, { apiKey: 'key' }],
  [vapi, vapiSim, { secret: 'secret', apiKey: 'private', assistantId: 'a', transferTo: '+12025550199' }],
  [
    twilio,
    twilioSim,
    { authToken: 'token', accountSid: 'AC1', relayUrl: 'wss://agent.example', transferTo: '+12025550199' },
  ],
];

type Line = { house: VoiceHouse; sim: SimInstance; world: VoiceWorld; refused: string[] };

/** The simulator at the telephone and the adapter in the house, each hearing only what the other sends. */
function connect([provider, proto, secrets]: (typeof AGENTS)[number], onWord?: (line: Line) => void): Line {
  const house = new VoiceHouse(provider, NOW, secrets);
  const refused: string[] = [];
  const world = voiceWorld({
    secrets,
    hook: HOOK,
    now: () => house.kitchen.now,
    menu: diner.menu.items.map(({ id, name, price }) => ({ id, name, price, options: [] })),
    sleep: async (ms) => {
      house.kitchen.now += Math.round(ms);
    },
    async deliver({ body, headers, query = '', method = 'POST' }) {
      const url = query === '' ? HOOK : `${HOOK}?${query}`;
      const request = {
        method,
        url,
        query: Object.fromEntries(new URLSearchParams(query)),
        headers,
        raw: body,
      };
      const verdict = provider.verify(request, secrets, house.kitchen.now);
      if (!verdict.ok) {
        refused.push(verdict.why);
        return { status: 401, body: '' };
      }
      const answer = await house.take(house.delivery(body, { ...request }));
      onWord?.(line);
      return {
        status: answer.status,
        body: typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}),
      };
    },
  });
  const sim = proto.create(world);
  const line: Line = { house, sim, world, refused };
  return line;
}

const callIn = (house: VoiceHouse) => Object.values(house.state.calls.calls)[0];

describe.each(AGENTS)('the simulator of $id', (...agent) => {
  const tell = async (story: string, options?: Record<string, string>) => {
    const line = connect(agent);
    await line.sim.stories[story]?.(options);
    expect(line.refused).toEqual([]);
    expect(line.sim.told().every(({ inTime }) => inTime)).toBe(true);
    return line;
  };

  it('[CA34] tells a whole call: words that grow as they are spoken, a table, a summary, a recording', async () => {
    const { house, sim } = await tell('call', { party: '4', name: 'Lena Ortiz' });
    expect(callIn(house)).toMatchObject({
      status: 'completed',
      analysis: 'ready',
      summary: expect.stringMatching(/Lena Ortiz asked for a table for 4 and got one/),
      recording: expect.stringMatching(/^https:/),
      links: [{ did: 'made', what: 'reservation' }],
    });
    expect(Object.values(house.state.bookings.reservations)).toMatchObject([
      { party: 4, at: '2026-11-22T00:30:00.000Z', guest: { name: 'Lena Ortiz' }, status: 'booked' },
    ]);
    // The agent says what it was given to say.
    expect(JSON.stringify(callIn(house)?.turns)).toContain(
      'Booked for 4 people tomorrow, Saturday, November 21',
    );
    const shown = house.lives.map(
      ({ data }) =>
        listAt(data, 'lines')
          .map((one) => String(field(one, 'text')))
          .join(' ').length,
    );
    const growing = shown.slice(0, shown.indexOf(0));
    expect(growing.length).toBeGreaterThan(12);
    expect(growing).toEqual(growing.toSorted((a, b) => a - b));
    expect(house.lives.at(-1)?.data).toBeNull();
    // Speaking takes its time.
    const spoken = Date.parse(callIn(house)?.endedAt ?? '') - Date.parse(callIn(house)?.startedAt ?? '');
    expect(spoken).toBeGreaterThan(15_000);
    expect(sim.told()).toMatchObject([{ acts: ['create_reservation'], state: 'analyzed' }]);
  });

  it('[CA34] whoever hears that it is full takes what is offered', async () => {
    const { house } = await tell('call', { party: '4', time: '16:00', pace: '0' });
    expect(Object.values(house.state.bookings.reservations)).toHaveLength(1);
    expect(callIn(house)?.turns?.some(({ text }) => /I could offer/.test(text))).toBe(true);
  });

  it('[CA34] orders, leaves messages, rings in vain, breaks off', async () => {
    const order = await tell('order', { pace: '0' });
    expect([...order.house.state.orders.values()]).toMatchObject([{ type: 'takeout', source: 'phone' }]);
    expect(callIn(order.house)?.links).toMatchObject([{ what: 'order' }]);
    const message = await tell('message', { pace: '0' });
    expect(Object.values(message.house.state.calls.tasks)).toMatchObject([{ what: 'message' }]);
    const missed = await tell('missed', { pace: '0' });
    expect(callIn(missed.house)?.status).toBe('missed');
    expect(Object.values(missed.house.state.calls.tasks)).toMatchObject([{ what: 'ring_back' }]);
    const dropped = await tell('dropped', { pace: '0' });
    expect(callIn(dropped.house)?.status).toMatch(/^(?:dropped|failed)$/);
    // What was booked before the line broke stands.
    expect(Object.values(dropped.house.state.bookings.reservations)).toMatchObject([{ status: 'booked' }]);
  });

  it('[CA34] a caller who wants a person gets one, and a person who wants the caller gets them', async () => {
    const { house } = await tell('transfer', { pace: '0' });
    expect(callIn(house)).toMatchObject({ staffed: true, status: 'wrap_up' });
    const [provider] = agent;
    let asked = false;
    const handed: Promise<void>[] = [];
    const line = connect(agent, ({ house: at, sim }) => {
      const call = callIn(at);
      if (asked || call?.status !== 'ai_active') return;
      asked = true;
      at.kitchen.do('call.takeOver', { call: call.id });
      at.answerCalls = (url) => {
        const { method, body, headers } = at.calls.at(-1) ?? { method: 'GET', body: undefined, headers: {} };
        const answer = sim.answer({
          method,
          path: new URL(url).pathname,
          query: {},
          headers: headers as Record<string, string>,
          body: Buffer.from(
            provider.id === 'twilio'
              ? new URLSearchParams(body as Record<string, string>).toString()
              : JSON.stringify(body ?? {}),
          ),
        });
        if (answer instanceof Promise) throw new Error('answers at once');
        return { status: answer.status, json: answer.body };
      };
      const request = { channel: 'phone', act: 'call.takeOver', externalId: call.externalId };
      const sent = provider.send?.(request, at.tools());
      if (sent !== undefined) handed.push(sent);
    });
    await line.sim.stories['call']?.({ pace: '0' });
    await Promise.all(handed);
    expect(line.sim.told()[0]?.acts).toContain('transfer');
    expect(callIn(line.house)).toMatchObject({ staffed: true });
  });
});
