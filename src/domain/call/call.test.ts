import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Kitchen, burger, id as kitchenId } from '../../testkit/kitchen.ts';
import type { Actor, CommandName, CommandRequest } from '../commands.ts';
import { due, nextDeadline } from '../policies.ts';
import { freeze, thaw } from '../snapshot.ts';
import { toInstant } from '../text.ts';
import { listTopic } from '../views.ts';
import type { CallInfo, CallNews } from './commands.ts';
import type { Call, Task } from './state.ts';

/** Ids of this table's own things, and the kitchen's. */
function id(what: 'call' | 'task' | 'message' | 'reservation' | 'order', number: number): string {
  if (what === 'order') return kitchenId('order', number);
  const mark = { call: 'ca11', task: '7a5c', message: '3e55', reservation: '4e5e' }[what];
  return `0190f6a0-0000-7000-8000-${mark}${String(number).padStart(8, '0')}`;
}

const noor: Actor = { id: 'staff:noor', role: 'host', name: 'Noor' };
const omar: Actor = { id: 'staff:omar', role: 'host', name: 'Omar' };
const CALL = id('call', 1);
const START = 1_767_225_600_000;
const at = (seconds: number): string => toInstant(START + seconds * 1_000);

const info: CallInfo = {
  id: CALL,
  channel: 'phone',
  provider: 'retell',
  externalId: 'call_1',
  direction: 'inbound',
  from: '+12025550163',
  to: '+12025550110',
  startedAt: at(0),
};

class Line extends Kitchen {
  report(...news: CallNews[]): void {
    const outcome = this.inner('call.report', { call: info, news });
    if (!outcome.ok) throw new Error(outcome.refusal.detail);
  }

  /** Lets time pass, and what is due in it happen. */
  wait(seconds: number): void {
    const until = this.now + seconds * 1_000;
    for (;;) {
      const next = nextDeadline(this.state, toInstant(this.now - 1));
      const time = next === null ? until + 1 : Math.max(Date.parse(next), this.now);
      if (time > until) break;
      this.now = time;
      const commands = due(this.state, toInstant(this.now)).filter(({ name }) =>
        /^(call|message)\./.test(name),
      );
      if (commands.length === 0) break;
      for (const command of commands) this.run(command, { id: 'policy:call', role: 'policy' });
    }
    this.now = until;
  }

  by<N extends CommandName>(actor: Actor, name: N, input: CommandRequest<N>): string {
    const outcome = this.ask(name, input, actor);
    return outcome.ok ? 'ok' : `${outcome.refusal.code}: ${outcome.refusal.detail}`;
  }

  get call(): Call {
    const call = this.state.calls.calls[CALL];
    if (!call) throw new Error('there is no call');
    return call;
  }

  get tasks(): Task[] {
    return Object.values(this.state.calls.tasks);
  }
}

const answered: CallNews = { news: 'answered', at: at(1) };
const ended: CallNews = { news: 'ended', at: at(47), reason: 'user_hangup' };
const words: CallNews = {
  news: 'record',
  turns: [
    { who: 'agent', text: 'Brasa, good evening.', at: 0 },
    { who: 'caller', text: 'A table for four, please.', at: 3 },
  ],
  recording: 'https://example.com/1.wav',
};
const summary: CallNews = { news: 'completed', summary: 'Lena booked a table.' };

describe('a call', () => {
  test('[CA10] rings, is answered by the machine, ends, and is completed when its summary is there', () => {
    const line = new Line();
    line.report({ news: 'started' });
    expect(line.call).toMatchObject({ status: 'ringing', analysis: 'none' });
    line.report(answered);
    expect(line.call).toMatchObject({ status: 'ai_active', answeredAt: at(1) });
    line.report(ended, words);
    expect(line.call).toMatchObject({ status: 'wrap_up', analysis: 'pending', endedAt: at(47) });
    line.report(summary);
    expect(line.call).toMatchObject({
      status: 'completed',
      analysis: 'ready',
      summary: 'Lena booked a table.',
    });
    const { head } = line.state;
    line.report({ news: 'started' }, answered, { news: 'heard' }, ended, words, summary);
    expect(line.state.head).toBe(head);
    expect(line.call.status).toBe('completed');
  });

  test('[CA10] one that never connected is missed, one that broke is failed, and neither comes back', () => {
    for (const as of ['missed', 'dropped', 'failed'] as const) {
      const line = new Line();
      line.report({ news: 'failed', as, at: at(20), reason: 'dial_no_answer' });
      line.report({ news: 'started' }, answered, ended, { news: 'heard' });
      expect(line.call).toMatchObject({ status: as, endedAt: at(20), reason: 'dial_no_answer' });
      line.wait(3_600);
      expect(line.call.status).toBe(as);
    }
  });

  test('[CA10] a transfer leads to a person or back, whichever of its steps comes late', () => {
    const started: CallNews = { news: 'transfer', step: 'started', at: at(10), to: 'the stand' };
    const bridged: CallNews = { news: 'transfer', step: 'bridged', at: at(14) };
    const cancelled: CallNews = { news: 'transfer', step: 'cancelled', at: at(14) };
    const line = new Line();
    line.report(answered, started);
    expect(line.call).toMatchObject({ status: 'transferring', transferTo: 'the stand' });
    line.report(bridged);
    expect(line.call).toMatchObject({ status: 'staff_active', staffed: true });
    line.report(started);
    expect(line.call.status).toBe('staff_active');
    const back = new Line();
    back.report(answered, started, cancelled, started);
    expect(back.call).toMatchObject({ status: 'ai_active' });
  });

  test('[CA11] in any order, doubled and in any company, what a provider says comes to the same call', () => {
    const news: CallNews[] = [{ news: 'started' }, answered, { news: 'heard' }, words, ended, summary];
    const strip = ({ version: _version, since: _since, heardAt: _heard, overAt: _over, ...rest }: Call) =>
      rest;
    const plain = new Line();
    for (const one of news) plain.report(one);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...news, ...news], { minLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
        (said, groups) => {
          const line = new Line();
          const left = [...said];
          for (const size of groups) {
            line.now += 500;
            const some = left.splice(0, size);
            if (some.length > 0) line.report(...some);
          }
          expect(strip(line.call)).toEqual(strip(plain.call));
          const again = line.state.head;
          line.report(...news);
          expect(line.state.head).toBe(again);
          expect(freeze(thaw(freeze(line.state)))).toEqual(freeze(line.state));
        },
      ),
      { numRuns: 500, seed: 4 },
    );
  });

  test('[CA12] falls silent after 90 s without a word, wakes by the next, and ends when its end comes late', () => {
    const line = new Line();
    line.report(answered);
    line.wait(89);
    line.report({ news: 'heard' });
    line.wait(89);
    expect(line.call.status).toBe('ai_active');
    line.wait(2);
    expect(line.call.status).toBe('stale');
    line.report({ news: 'heard' });
    expect(line.call.status).toBe('ai_active');
    line.wait(100);
    expect(line.call.status).toBe('stale');
    line.report(ended, summary);
    expect(line.call.status).toBe('completed');
    const lost = new Line();
    lost.report(answered);
    lost.wait(3_600 + 91);
    expect(lost.call).toMatchObject({ status: 'dropped', reason: 'silent' });
  });

  test('[CA12] one whose provider says nothing in between is left alone for half an hour', () => {
    const line = new Line();
    line.inner('call.report', { call: { ...info, quiet: true }, news: [answered] });
    line.wait(29 * 60);
    expect(line.call.status).toBe('ai_active');
    line.wait(2 * 60);
    expect(line.call.status).toBe('stale');
  });

  test('[CA13] is closed after 10 minutes with what there is, and takes what comes later', () => {
    const line = new Line();
    line.report(answered, ended);
    line.wait(599);
    expect(line.call.status).toBe('wrap_up');
    line.wait(2);
    expect(line.call).toMatchObject({ status: 'completed', analysis: 'failed' });
    line.report(words, summary);
    expect(line.call).toMatchObject({
      status: 'completed',
      analysis: 'ready',
      recording: 'https://example.com/1.wav',
    });
    expect(line.by(noor, 'call.eraseRecording', { call: CALL })).toBe('ok');
    line.report(words);
    expect(line.call).toMatchObject({ erased: true });
    expect(line.call.recording).toBeUndefined();
  });

  test('[CA14] is taken over by one person, and closed by hand with what came of it', () => {
    const line = new Line();
    line.report(answered);
    expect(line.by(noor, 'call.close', { call: CALL, outcome: 'spam' })).toMatch(/conflict/);
    expect(line.by(noor, 'call.takeOver', { call: CALL })).toBe('ok');
    expect(line.by(noor, 'call.takeOver', { call: CALL })).toBe('ok');
    expect(line.by(omar, 'call.takeOver', { call: CALL })).toMatch(/Noor has the call/);
    expect(line.call).toMatchObject({ status: 'staff_takeover', by: 'Noor' });
    line.report({ news: 'transfer', step: 'bridged', at: at(20) });
    expect(line.call.status).toBe('staff_active');
    line.report(ended, summary);
    // A person says what came of it.
    expect(line.call.status).toBe('wrap_up');
    expect(line.by(noor, 'call.close', { call: CALL, outcome: 'question_answered' })).toBe('ok');
    expect(line.call).toMatchObject({ status: 'completed', outcome: 'question_answered' });
    expect(line.by(noor, 'call.close', { call: CALL, outcome: 'spam' })).toBe('ok');
    expect(line.call).toMatchObject({ status: 'completed', outcome: 'spam' });
    expect(line.by(noor, 'call.takeOver', { call: CALL })).toMatch(/nobody is on the line/);
  });

  test('[CA14] that nobody answers at the stand stays with the machine and is rung back', () => {
    const line = new Line();
    line.report(answered);
    expect(line.by(noor, 'call.transfer', { call: CALL })).toBe('ok');
    expect(line.call.status).toBe('transferring');
    const seen = () => listTopic(line.state, 'host', 'staff').find(({ kind }) => kind === 'call');
    expect(seen()).toMatchObject({ ringsUntil: toInstant(line.now + 20_000) });
    line.wait(21);
    expect(seen()).not.toHaveProperty('ringsUntil');
    expect(line.call.status).toBe('ai_active');
    expect(line.tasks).toMatchObject([{ what: 'ring_back', status: 'open', phone: '+12025550163' }]);
  });

  test('[CA15] tasks are claimed by one, done or expired', () => {
    const line = new Line();
    line.report(answered);
    const task = { id: id('task', 1), text: 'Ask for the cake', dueAt: toInstant(line.now + 600_000) };
    expect(line.by(noor, 'call.followUp', { call: CALL, task: { ...task, dueAt: at(-10) } })).toMatch(
      /is over/,
    );
    expect(line.by(noor, 'call.followUp', { call: CALL, task })).toBe('ok');
    expect(line.by(noor, 'call.followUp', { call: CALL, task })).toBe('ok');
    expect(line.by(noor, 'call.followUp', { call: CALL, task: { ...task, text: 'x' } })).toMatch(
      /other content/,
    );
    expect(line.by(noor, 'call.claim', { call: CALL, task: task.id })).toBe('ok');
    expect(line.by(omar, 'call.claim', { call: CALL, task: task.id })).toMatch(/Noor has it/);
    expect(line.by(omar, 'call.done', { call: CALL, task: task.id })).toBe('ok');
    expect(line.by(omar, 'call.done', { call: CALL, task: task.id })).toBe('ok');
    const second = { ...task, id: id('task', 2) };
    line.by(noor, 'call.followUp', { call: CALL, task: second });
    line.wait(601);
    expect(line.state.calls.tasks[second.id]?.status).toBe('expired');
    expect(line.by(omar, 'call.done', { call: CALL, task: second.id })).toMatch(/ask for it anew/);
    line.report({ news: 'failed', as: 'dropped', at: at(30) });
    expect(line.tasks.filter(({ what }) => what === 'ring_back')).toHaveLength(1);
    const message = { id: id('message', 1), text: 'We come at nine', from: 'Lena' };
    expect(line.by(noor, 'message.take', { message })).toBe('ok');
    expect(line.by(noor, 'call.done', { task: message.id })).toBe('ok');
  });

  test('[CA16] an order and the call in which it was placed name each other, whichever came first', () => {
    const order = { id: id('order', 1), type: 'takeout' as const, call: CALL, items: [burger(1)] };
    const early = new Line();
    early.do('order.place', { order });
    early.report(answered);
    const late = new Line();
    late.report(answered);
    late.do('order.place', { order });
    for (const line of [early, late]) {
      expect(line.call.links).toEqual([{ did: 'made', what: 'order', id: order.id }]);
      const seen = listTopic(line.state, 'pos', 'staff').find(({ id: one }) => one === order.id);
      expect(seen).toMatchObject({ kind: 'order', call: CALL });
      line.report(ended, summary);
      expect(listTopic(line.state, 'host', 'staff').find(({ kind }) => kind === 'call')).toMatchObject({
        outcome: 'order_placed',
      });
    }
    late.inner('call.link', { call: CALL, did: 'changed', reservation: id('reservation', 1) });
    late.inner('call.link', { call: CALL, did: 'changed', reservation: id('reservation', 1) });
    expect(late.call.links).toHaveLength(2);
  });

  test('[CA17] leaves memory 4 hours after its end, with its done tasks; what is said of it then is not heard', () => {
    const line = new Line();
    line.report(answered);
    for (const number of [1, 2])
      line.by(noor, 'message.take', { message: { id: id('message', number), text: 'Ring me', call: CALL } });
    line.by(noor, 'call.done', { call: CALL, task: id('message', 1) });
    line.report(ended, summary);
    line.wait(4 * 3_600 - 60);
    expect(line.call.status).toBe('completed');
    line.wait(120);
    expect(line.state.calls.calls).toEqual({});
    expect(line.tasks.map((task) => task.id)).toEqual([id('message', 2)]);
    const { head } = line.state;
    line.report({ news: 'started' }, answered, summary);
    expect(line.state.head).toBe(head);
    line.wait(15 * 86_400);
    expect(line.tasks).toEqual([]);
    expect(line.state.calls.deadline).toBeNull();
  });

  test('[CA18] is known by its number, and its words are forgotten with it', () => {
    const line = new Line();
    line.do('order.place', {
      order: {
        id: id('order', 1),
        type: 'takeout',
        guest: { name: 'Leila Costa', phone: '(202) 555-0163' },
        allergies: ['sesame'],
        items: [burger(1)],
      },
    });
    line.report(answered);
    expect(line.call.guest).toEqual({ name: 'Leila Costa', visits: 1, allergies: ['sesame'] });
    const redact = () => line.inner('person.redact', { subjects: [CALL], why: 'order' });
    expect(redact().ok).toBe(false);
    line.report(words, ended, summary);
    line.by(noor, 'call.followUp', {
      call: CALL,
      task: { id: id('task', 1), text: 'Leila wants a cake', dueAt: toInstant(line.now + 60_000) },
    });
    expect(redact().ok).toBe(true);
    line.report({
      news: 'record',
      turns: [{ who: 'caller', text: 'A table for four, please, said Leila.' }],
    });
    line.report({ ...summary, summary: 'Leila again' });
    expect(JSON.stringify(line.state.calls)).not.toMatch(/Leila|table|0163|sesame|example/);
    expect(line.call).toMatchObject({ status: 'completed', analysis: 'ready' });
  });

  test('[CA18] is shown at the stand, and nowhere else', () => {
    const line = new Line();
    line.report(answered);
    expect(listTopic(line.state, 'pos', 'staff').some(({ kind }) => kind === 'call')).toBe(false);
    expect(listTopic(line.state, 'kitchen', 'staff').some(({ kind }) => kind === 'call')).toBe(false);
    expect(listTopic(line.state, 'host', 'staff').some(({ kind }) => kind === 'call')).toBe(true);
  });
});
