import { addDays } from '../../domain/zone.ts';
import { type FuzzReport, fuzzHook } from '../../testkit/hookFuzz.ts';
import { type HookHouse, startHookHouse } from '../../testkit/hookHouse.ts';
import type { Provider, Secrets } from '../provider.ts';
import { retell } from '../retell/retell.ts';
import { retellSim, signRetell } from '../retell/sim.ts';
import type { ProviderSim } from '../simulation.ts';
import { signTwilio, twilioSim } from '../twilio/sim.ts';
import { twilio } from '../twilio/twilio.ts';
import { signVapi, vapiSim } from '../vapi/sim.ts';
import { vapi } from '../vapi/vapi.ts';
import { sampleBytes } from './samples.ts';

/** The telephone agents with what tests throw at them over HTTP. */
export type Agent = {
  readonly provider: Provider;
  readonly sim: ProviderSim;
  readonly secrets: Secrets;
  /** The headers with which it would send these bytes to this address. */
  readonly sign: (raw: Buffer, url: string) => Readonly<Record<string, string>>;
  readonly samples: readonly { readonly name: string; readonly raw: Buffer; readonly form?: boolean }[];
};

const samplesIn = (folder: string, names: readonly string[], form = false): Agent['samples'] =>
  names.map((name) => ({ name, raw: sampleBytes(`${folder}/${name}`), ...(form && { form }) }));

export const AGENTS: readonly Agent[] = [
  {
    provider: retell,
    sim: retellSim,
    secrets: { apiKey: 'key' },
    sign: (raw) => signRetell(raw, 'key', Date.now()),
    samples: samplesIn('retell', [
      '00-inbound-call_inbound.json',
      '01-call_started.json',
      '02-transcript_updated.json',
      '03-function-create_reservation-request.json',
      '04-call_ended.json',
      '05-call_analyzed.json',
    ]),
  },
  {
    provider: vapi,
    sim: vapiSim,
    secrets: { secret: 'secret', apiKey: 'private', assistantId: 'assistant' },
    sign: (raw) => signVapi(raw, 'secret', Date.now()),
    samples: samplesIn('vapi', [
      '00-assistant-request.json',
      '01-status-update-in-progress.json',
      '02-transcript-final.json',
      '02b-conversation-update.json',
      '03-tool-calls.docs-events-page-shape.json',
      '04-status-update-ended.json',
      '05-end-of-call-report.json',
    ]),
  },
  {
    provider: twilio,
    sim: twilioSim,
    secrets: { authToken: 'token', relayUrl: 'wss://agent.example/relay' },
    sign: (raw, url) => signTwilio(raw, url, 'token'),
    samples: samplesIn(
      'twilio',
      [
        '01-voice-webhook.form.txt',
        '04-call-status-callback.form.txt',
        '05-recording-status-callback.form.txt',
      ],
      true,
    ),
  },
];

/** A house with a channel for each, of ids that the demo does not have. */
export async function startAgentsHouse(
  connections: Parameters<typeof startHookHouse>[0],
): Promise<HookHouse> {
  const providers = AGENTS.map(({ provider }) => provider);
  const house = await startHookHouse(connections, providers);
  await house.addChannels(
    'brasa',
    providers.map(({ id }) => ({ id: `its-${id}`, provider: id })),
  );
  return house;
}

/** An agent's samples changed where it hurts. */
export async function fuzzAgent(
  house: HookHouse,
  { provider, secrets, samples, sign }: Agent,
  how: Parameters<typeof fuzzHook>[1],
): Promise<FuzzReport> {
  const link = await house.link('brasa', `its-${provider.id}`, secrets);
  return fuzzHook({ house, location: 'brasa', link, samples, sign, mayRefuse: isUnsignable }, how);
}

/** A form that is no UTF-8 or says a name twice has no one reading, so no one signature; nor has an empty body. */
function isUnsignable(raw: Buffer): boolean {
  const text = raw.toString('utf8');
  return raw.length === 0 || !Buffer.from(text).equals(raw) || !text.trimStart().startsWith('{');
}

/** A day in this week on which the house of the demo is open. */
export function openDay(now: number): string {
  const day = addDays(new Date(now).toISOString().slice(0, 10), 3);
  return day.endsWith('12-25') ? addDays(day, 1) : day;
}
