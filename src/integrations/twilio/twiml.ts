import type { HookAnswer } from '../provider.ts';
import type { Language } from '../voice/words.ts';

/** What Twilio is to do with a call, in its own language. */

const VOICES: Readonly<Record<Language, string>> = { en: 'en-US', es: 'es-ES', ar: 'arb' };
/** Of the relay, which speaks by another machine. */
const TONGUES: Readonly<Record<Language, string>> = { en: 'en-US', es: 'es-ES', ar: 'ar-SA' };

export function twiml(...verbs: readonly string[]): HookAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: document(...verbs),
  };
}

export function document(...verbs: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs.join('')}</Response>`;
}

export function say(text: string, language: Language): string {
  return `<Say language="${VOICES[language]}">${escape(text)}</Say>`;
}

/** Rings there for as long as the house gives itself; `self`: where to say what came of it. */
export function dial(number: string, self: string | null, step: 'dialled' | 'handed'): string {
  const to = escape(number);
  if (self === null) return `<Dial timeout="20">${to}</Dial>`;
  const leg = `<Number statusCallback="${at(self, 'leg')}" statusCallbackEvent="answered">${to}</Number>`;
  return `<Dial timeout="20" answerOnBridge="true" action="${at(self, step)}">${leg}</Dial>`;
}

export function record(self: string): string {
  return `<Record maxLength="120" playBeep="true" action="${at(self, 'left')}" recordingStatusCallback="${escape(self)}"/>`;
}

/** The owner's own program speaks; `parameters` is what it should know. */
export function connect(
  relay: string,
  self: string,
  greeting: string,
  language: Language,
  parameters: Readonly<Record<string, string>>,
): string {
  const known = Object.entries(parameters)
    .map(([name, value]) => `<Parameter name="${escape(name)}" value="${escape(value)}"/>`)
    .join('');
  return `<Connect action="${at(self, 'relayed')}"><ConversationRelay url="${escape(relay)}" language="${TONGUES[language]}" welcomeGreeting="${escape(greeting)}">${known}</ConversationRelay></Connect>`;
}

export const HANG_UP = '<Hangup/>';

/** The house could not think in time: it is asked again in a second. */
export const AGAIN = '<Pause length="1"/><Redirect/>';

function at(self: string, step: string): string {
  return escape(`${self}?step=${step}`);
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
