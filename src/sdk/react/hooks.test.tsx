// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../../testkit/socketPair.ts';
import type { SocketPairs } from '../../testkit/socketPair.ts';
import { createHeard } from '../client.ts';
import type { Heard } from '../shapes.ts';
import { aTicket, createFakeServer } from '../testing/fakeServer.ts';
import type { FakeServer } from '../testing/fakeServer.ts';
import {
  HeardProvider,
  useAcknowledge,
  useChanges,
  useCommand,
  useConnection,
  useLive,
  useOutbox,
  useServerNow,
  useView,
} from './hooks.ts';

let server: FakeServer;
let pairs: SocketPairs;
let heard: Heard;
const pass = (millis: number) => act(() => vi.advanceTimersByTimeAsync(millis));

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  server = createFakeServer();
  pairs = createSocketPairs((end) => {
    const session = server.accept(end);
    end.onText = session.text;
    end.onGone = session.gone;
  });
  pairs.automatic = true;
  heard = createHeard({
    baseUrl: 'http://heard.test',
    location: 'brasa',
    token: () => Promise.resolve('good'),
    client: { id: 'screen-1' },
    WebSocket: pairs.WebSocket,
    fetch: (input, init) => server.fetch(input, init),
    random: () => 0.5,
  });
});

afterEach(() => {
  cleanup();
  heard.close();
  vi.useRealTimers();
});

/** A kitchen screen in ten lines: what the hooks are for. */
let paints = 0;
const countPaint = () => (paints += 1);
const rung: string[] = [];
function Station({ audio = 'running' }: { audio?: 'running' | 'suspended' }) {
  const view = useView('station:grill');
  const { word } = useConnection();
  const command = useCommand();
  const outbox = useOutbox();
  useAcknowledge('station:grill', view, { audio });
  useChanges('station:grill', ({ events, late }) =>
    rung.push(...events.map(({ type }) => `${type}${late ? ' late' : ''}`)),
  );
  countPaint();
  return (
    <div>
      <p data-testid="bar">{word}</p>
      <p data-testid="unsent">{outbox.pending.length}</p>
      {[...view.entities.ticket.values()].map((ticket) => (
        <button
          key={ticket.id}
          onClick={() => void command('ticket.bump', { ticket: ticket.id, version: ticket.version })}
        >
          {`${ticket.id} ${ticket.status}${view.predicted.has(ticket.id) ? ' …' : ''}`}
        </button>
      ))}
    </div>
  );
}

const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent);

describe('the hooks', () => {
  beforeEach(() => {
    paints = 0;
    rung.length = 0;
  });

  it('[C114] paint a topic as it comes and as it changes, also under StrictMode, with one subscription', async () => {
    server.put((version) => aTicket('a', version));
    render(
      <StrictMode>
        <HeardProvider heard={heard}>
          <Station />
        </HeardProvider>
      </StrictMode>,
    );
    expect(screen.getByTestId('bar').textContent).toBe('connecting');
    await pass(100);
    expect(buttons()).toEqual(['a new']);
    expect(screen.getByTestId('bar').textContent).toBe('live');
    server.put((version) => aTicket('b', version), 'ticket.fired');
    await pass(100);
    expect(buttons()).toEqual(['a new', 'b new']);
    expect(rung).toEqual(['ticket.fired']);
    expect(server.hellos).toHaveLength(1);
    expect(server.hellos[0]?.subs).toEqual([{ topic: 'station:grill', after: null }]);
  });

  it('[C115] paint a tap at once and correct it when it is refused', async () => {
    server.put((version) => aTicket('a', version));
    render(
      <HeardProvider heard={heard}>
        <Station />
      </HeardProvider>,
    );
    await pass(100);
    server.eager = false;
    act(() => screen.getByRole('button').click());
    expect(buttons()).toEqual(['a ready …']);
    expect(screen.getByTestId('unsent').textContent).toBe('1');
    await pass(100);
    server.flush();
    await pass(100);
    expect(buttons()).toEqual(['a ready']);
    expect(screen.getByTestId('unsent').textContent).toBe('0');

    server.put((version) => aTicket('b', version));
    server.flush();
    await pass(100);
    server.put((version) => aTicket('b', version, { status: 'voided' }));
    act(() => screen.getByText('b new').click());
    expect(buttons()).toEqual(['a ready', 'b ready …']);
    await pass(100);
    expect(buttons()).toEqual(['a ready', 'b new']);
  });

  it('[C116] acknowledge after the paint, once for each, and again when it is worth more', async () => {
    server.put((version) => aTicket('a', version));
    const { rerender } = render(
      <HeardProvider heard={heard}>
        <Station audio="suspended" />
      </HeardProvider>,
    );
    await pass(8);
    expect(server.heardAcks).toEqual([]);
    await pass(400);
    expect(server.heardAcks).toMatchObject([
      { cursor: 'c.1.station:grill.1', visible: true, audio: 'suspended', painted: true },
    ]);
    await pass(2000);
    expect(server.heardAcks).toHaveLength(1);
    rerender(
      <HeardProvider heard={heard}>
        <Station audio="running" />
      </HeardProvider>,
    );
    await pass(400);
    expect(server.heardAcks.at(-1)).toMatchObject({ audio: 'running' });
    expect(server.heardAcks).toHaveLength(2);
  });

  it('[C141] draw once for each picture in a rush, and go on saying what is painted', async () => {
    render(
      <HeardProvider heard={heard}>
        <Station />
      </HeardProvider>,
    );
    await pass(400);
    const [drawn, said] = [paints, server.heardAcks.length];
    for (let count = 0; count < 200; count += 1) {
      server.put((version) => aTicket('a', version));
      await pass(4);
    }
    // 800 ms are 50 pictures; an acknowledgement goes at most each 250 ms.
    expect(paints - drawn).toBeLessThan(120);
    expect(server.heardAcks.length - said).toBeGreaterThanOrEqual(2);
    await pass(400);
    expect(server.heardAcks.at(-1)).toMatchObject({ cursor: expect.stringMatching(/\.20[0-9]$/) });
  });

  it('[C117] do not paint while nothing changes', async () => {
    server.put((version) => aTicket('a', version));
    render(
      <HeardProvider heard={heard}>
        <Station />
      </HeardProvider>,
    );
    await pass(1000);
    const before = paints;
    await pass(10_000);
    expect(paints).toBe(before);
  });

  it("[C118] step with the server's seconds", async () => {
    const times: number[] = [];
    function Timer() {
      times.push(useServerNow(1000));
      return null;
    }
    vi.setSystemTime(Date.parse('2026-01-31T18:00:00.400Z'));
    render(
      <HeardProvider heard={heard}>
        <Timer />
      </HeardProvider>,
    );
    for (let n = 0; n < 4; n += 1) await pass(1000);
    expect(
      times
        .slice(1)
        .map((time) => time % 1000)
        .every((rest) => rest <= 5),
    ).toBe(true);
    expect(new Set(times).size).toBeGreaterThanOrEqual(4);
  });

  it('[C119] show live data, and say what is missing above them', async () => {
    function Screens() {
      return <p>{String(useLive('station:grill').size)}</p>;
    }
    render(
      <HeardProvider heard={heard}>
        <Screens />
      </HeardProvider>,
    );
    await pass(100);
    server.sayAll({ t: 'live', topic: 'station:grill', kind: 'ticket', id: 'a', data: { screens: 2 } });
    await pass(100);
    expect(screen.getByText('1')).toBeDefined();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(() => render(<Screens />)).toThrow(/HeardProvider/);
  });
});

describe('a page', () => {
  it('[C120] that was hidden for long makes a second connection before it leaves the first', async () => {
    render(
      <HeardProvider heard={heard}>
        <Station />
      </HeardProvider>,
    );
    await pass(100);
    const show = (state: 'visible' | 'hidden') => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    };
    show('hidden');
    await pass(3_000);
    show('visible');
    await pass(100);
    expect(server.hellos).toHaveLength(1);
    show('hidden');
    await pass(15_500);
    const words: string[] = [];
    heard.connection.subscribe(() => words.push(heard.connection.get().word));
    show('visible');
    await pass(100);
    expect(server.hellos).toHaveLength(2);
    expect(words).not.toContain('offline');
    expect(heard.connection.get().word).toBe('live');
  });

  it('[C121] comes back at once when its network does', async () => {
    render(
      <HeardProvider heard={heard}>
        <Station />
      </HeardProvider>,
    );
    await pass(100);
    pairs.reachable = false;
    window.dispatchEvent(new Event('offline'));
    pairs.cut();
    await pass(12_000);
    expect(heard.connection.get().word).toBe('offline');
    pairs.reachable = true;
    window.dispatchEvent(new Event('online'));
    await pass(50);
    expect(heard.connection.get().word).toBe('live');
  });
});
