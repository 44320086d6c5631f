import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelConfig } from '../domain/channel/config.ts';
import { kite } from '../integrations/testing/kite.ts';
import { kiteSim } from '../integrations/testing/kiteSim.ts';
import { freePort } from '../testkit/ports.ts';
import { type TestServer, startServer } from '../testkit/server.ts';
import { findDesk } from '../simulators/desk.ts';
import { readDemo } from './demoHouse.ts';
import { simCommand } from './sim.ts';
import { linkToSimulator, placesOf } from './simLinks.ts';
import { withWorkshop } from './workshop.ts';

/** The command beside a running server that knows Kite. */

const ENTRY = fileURLToPath(new URL('../testkit/kite-child.ts', import.meta.url));
const command = simCommand({ providers: [kite], sims: [kiteSim] });

let server: TestServer;
let port: number;
beforeAll(async () => {
  server = await startServer({ entry: ENTRY });
  port = await freePort();
  const config = (await readDemo())[0]?.locations[0]?.config;
  if (config === undefined) throw new Error('the demo has no location');
  const kiteChannel = channelConfig.parse({ id: 'kite', provider: 'kite', name: 'Kite' });
  await server.addLocations([
    ['plain', { ...config, channels: [] }],
    ['cafe', { ...config, channels: [kiteChannel, { ...kiteChannel, id: 'kite-two' }] }],
  ]);
});
afterAll(() => server.dispose());

async function sim(...argv: string[]): Promise<{ code: number; out: string[]; said: string[] }> {
  const out: string[] = [];
  const said: string[] = [];
  const code = await command(argv, {
    env: env(),
    out: (line) => out.push(line),
    say: (line) => said.push(line),
  });
  return { code, out, said };
}
const env = (): Record<string, string> => ({
  HEARD_DATA_DIR: server.dataDir,
  HEARD_SECRET: server.secret,
  PORT: String(server.port),
});
const atCafe = ['--location', 'cafe', '--channel', 'kite'];

describe('heard sim', () => {
  it.each<[string[], string]>([
    [[], 'PROVIDER is missing; there are: kite'],
    [['kyte'], 'there is no simulator for "kyte"; there are: kite'],
    [['kite', '--count', 'many'], '--count must be a number from 0 to 10000'],
    [['kite', '--doubled', '120'], '--doubled must be a number from 0 to 100'],
    [['kite', '--option', 'lines'], '--option must be NAME=VALUE, not "lines"'],
    [['kite', '--location', 'plain'], 'no location has a channel to Kite: add {id: kite, provider: kite,'],
    [
      ['kite'],
      'several channels lead to Kite; say which: --location cafe --channel kite, or --location cafe',
    ],
    [['kite', ...atCafe], 'kite of cafe is not linked: "heard sim kite --link" links it to the simulator'],
  ])('[SI12] %j is told what to type', async (argv, words) => {
    await expect(sim(...argv)).rejects.toThrow(words);
  });

  it('[SI12] leaves a channel alone that is linked to the provider itself', async () => {
    const link = await withWorkshop(
      { env: env(), out: () => undefined, say: () => undefined },
      async (shop) => {
        const [place] = await placesOf(shop, 'kite', { location: 'cafe', channel: 'kite-two' });
        if (place === undefined) throw new Error('there is no place');
        const links = shop.accounts.channelLinks;
        const { link: real } = await links.ensure('cafe', {
          organization: place.organization,
          channel: 'kite-two',
          provider: 'kite',
          madeBy: 'test',
          secrets: { signingKey: 'the real one' },
        });
        const parts = { provider: kite, sim: kiteSim, origin: 'http://127.0.0.1:9' };
        expect(await linkToSimulator(links, { ...place, link: real }, parts)).toEqual(real);
        return real;
      },
    );
    expect(link.baseUrl).toBeNull();
    const two = ['kite', '--location', 'cafe', '--channel', 'kite-two'];
    await expect(sim(...two)).rejects.toThrow('is linked to Kite itself, where a simulator must not meddle');
    await expect(sim(...two, '--link')).rejects.toThrow('is linked to Kite itself');
  });

  it('[SI11] links, tells stories with trouble on the way, and prints what became of them', async () => {
    const { code, out, said } = await sim(
      'kite',
      'order',
      ...atCafe,
      ...['--link', '--port', String(port), '--count', '6', '--every', '0', '--wait', '0'],
      ...['--doubled', '50', '--forged', '50', '--seed', '5'],
    );
    expect(said).toEqual([`Kite plays for kite of cafe; its API is at http://127.0.0.1:${port}/cafe/kite`]);
    expect(code).toBe(0);
    expect(out.filter((line) => line.startsWith('-> order K-'))).toHaveLength(6);
    expect(out.filter((line) => line.endsWith('  offered  nothing told'))).toHaveLength(6);
    const counts = out.find((line) => line.startsWith('deliveries:')) ?? '';
    expect(counts).toMatch(/sent for 6 \([1-6] doubled, 0 reordered, 0 late, [1-6] forged/);
    expect(counts).toMatch(/\d+ x 200/);
    expect(counts).toMatch(/\d+ x 401/);
    await expect.poll(() => server.countEvents(['cafe'], 'order.placed')).toBe(6);
  });

  it('[SI11][SI12] names the stories, and fails when what it delivers is refused', async () => {
    await expect(sim('kite', 'party', ...atCafe)).rejects.toThrow(
      'kite tells no story "party"; there are: order, cancel',
    );
    const again = await sim('kite', 'order', ...atCafe, '--wait', '0', '--option', 'id=K-mine');
    expect([again.code, again.out.includes('-> order K-mine')]).toEqual([0, true]);
    const { code, said } = await sim('kite', ...atCafe, '--url', `${server.url}/nowhere`, '--wait', '0');
    expect(code).toBe(1);
    expect(said.at(-1)).toMatch(/^the house refused 1 delivery: are the secrets/);
  });

  it('[SI19] has the house say anew what is sold out to a simulator that begins', async () => {
    const soldOut = await fetch(`${server.url}/v1/locations/cafe/commands/menu.soldOut`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await server.token('cafe', 'manager')}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify({ item: 'fries' }),
    });
    expect(soldOut.status).toBe(200);
    // To each of the two channels when it happened.
    await expect.poll(() => server.countEvents(['cafe'], 'channel.storeAsked')).toBe(2);
    const played = await sim('kite', ...atCafe, '--link', '--port', String(port), '--wait', '0');
    expect(played.code).toBe(0);
    await expect.poll(() => server.countEvents(['cafe'], 'channel.storeAsked')).toBe(3);
  });

  it('[SI10][SI11] plays with the simulators of another process, where nothing can be made to go wrong', async () => {
    const first = sim('kite', ...atCafe, '--wait', '4');
    const link = `http://127.0.0.1:${port}/cafe/kite`;
    await expect.poll(async () => (await findDesk(link)) !== null).toBe(true);
    const second = await sim('kite', 'order', ...atCafe, '--wait', '0', '--option', 'id=K-far');
    expect(second.code).toBe(0);
    expect(second.out.filter((line) => line.startsWith('-> '))).toEqual(['-> order K-far']);
    expect(second.out.some((line) => /^K-far .*: 200$/.test(line))).toBe(true);
    await expect(sim('kite', ...atCafe, '--faults', '5')).rejects.toThrow('run in another process');
    expect((await first).out.some((line) => line.startsWith('K-far  offered'))).toBe(true);
  });
});
