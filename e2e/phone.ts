import { createHmac, randomUUID } from 'node:crypto';
import { channelConfig } from '../src/domain/channel/config.ts';
import type { LocationConfig } from '../src/domain/config.ts';
import type { Cafe } from './house.ts';

/** A telephone line of a café, as Retell reports it: signed webhooks, in the order in which a call goes on. */

const KEY = 'key_of_the_line';

export const withLine = (config: LocationConfig): LocationConfig => ({
  ...config,
  channels: [channelConfig.parse({ id: 'phone', provider: 'retell', name: 'Line 1' })],
});

export type Turn = readonly [role: 'agent' | 'user', content: string, at: number];

export class Line {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Links the line as a manager does. */
  static async open(cafe: Cafe): Promise<Line> {
    const { status, body } = await cafe.manage('POST', '/links', {
      channel: 'phone',
      secrets: { apiKey: KEY },
    });
    if (status !== 200 && status !== 201) throw new Error(`linking: ${status} ${JSON.stringify(body)}`);
    const { url } = body as { url: string };
    return new Line(`${cafe.house.base}${new URL(url).pathname}`);
  }

  async send(body: object): Promise<unknown> {
    const raw = JSON.stringify(body);
    const time = String(Date.now());
    const digest = createHmac('sha256', KEY)
      .update(raw + time)
      .digest('hex');
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-retell-signature': `v=${time},d=${digest}` },
      body: raw,
    });
    if (answer.status >= 300) throw new Error(`the hook answered ${answer.status}`);
    const text = await answer.text();
    return text === '' ? null : JSON.parse(text);
  }

  /** Somebody rings; null: without showing a number. */
  call(from: string | null, startedAt = Date.now()): PhoneCall {
    return new PhoneCall(this, from, startedAt);
  }
}

export class PhoneCall {
  readonly id = `call_${randomUUID().replaceAll('-', '')}`;
  readonly #line: Line;
  readonly #from: string | null;
  readonly #startedAt: number;
  #turns: readonly Turn[] = [];

  constructor(line: Line, from: string | null, startedAt: number) {
    this.#line = line;
    this.#from = from;
    this.#startedAt = startedAt;
  }

  rings(): Promise<unknown> {
    return this.#say('call_started', { call_status: 'registered' });
  }

  answered(): Promise<unknown> {
    return this.#say('transcript_updated', {});
  }

  says(...turns: readonly Turn[]): Promise<unknown> {
    this.#turns = [...this.#turns, ...turns];
    return this.#say('transcript_updated', {});
  }

  transfer(step: 'started' | 'bridged' | 'cancelled'): Promise<unknown> {
    return this.#say(`transfer_${step}`, {});
  }

  /** The agent asks for something to be done; answers what it is told. */
  tool(name: string, args: object): Promise<unknown> {
    return this.#line.send({ name, tool_call_id: randomUUID(), args, call: this.#call({}) });
  }

  ends(more: object = {}): Promise<unknown> {
    return this.#say('call_ended', {
      call_status: 'ended',
      disconnection_reason: 'user_hangup',
      end_timestamp: Date.now(),
      ...more,
    });
  }

  analysed(summary: string): Promise<unknown> {
    return this.#say('call_analyzed', {
      call_status: 'ended',
      disconnection_reason: 'user_hangup',
      end_timestamp: Date.now(),
      recording_url: 'https://example.com/recording.wav',
      call_analysis: { call_summary: summary, user_sentiment: 'Positive' },
    });
  }

  #say(event: string, more: object): Promise<unknown> {
    return this.#line.send({ event, call: this.#call(more) });
  }

  #call(more: object): object {
    return {
      call_id: this.id,
      call_type: 'phone_call',
      direction: 'inbound',
      ...(this.#from !== null && { from_number: this.#from }),
      call_status: 'ongoing',
      start_timestamp: this.#startedAt,
      transcript_object: this.#turns.map(([role, content, at]) => ({
        role,
        content,
        words: [{ word: content, start: at, end: at + 2 }],
      })),
      ...more,
    };
  }
}
