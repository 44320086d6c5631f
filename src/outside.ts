import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Accounts } from './accounts/accounts.ts';
import type { PrintSlip } from './accounts/guestLinks.ts';
import { seal, unseal } from './accounts/sealed.ts';
import { deriveKey } from './accounts/tokens.ts';
import { type PushSubscriptions, createPushSubscriptions } from './accounts/pushSubscriptions.ts';
import type { Config } from './config.ts';
import { toInstant } from './domain/text.ts';
import { type Inbox, type InboxOptions, createInbox } from './inbox/inbox.ts';
import type { Provider } from './integrations/provider.ts';
import { createMessageJob } from './integrations/message/messageJob.ts';
import { createPrintJob } from './integrations/printer/printJob.ts';
import type { PrintWish } from './integrations/printer/printJob.ts';
import { printOver } from './integrations/printer/printOver.ts';
import { type PrintTestPage, createTestPage } from './integrations/printer/testPage.ts';
import { createSlipJob } from './integrations/printer/slipJob.ts';
import { addressOf } from './integrations/printer/where.ts';
import { type PushKeys, pushKeys } from './integrations/push/keys.ts';
import { type PushCall, createPushJob } from './integrations/push/pushJob.ts';
import type { OfferCall } from './integrations/push/offerCall.ts';
import type { StockCall } from './integrations/push/stockCall.ts';
import { type SlipRequest, guestSlip, queueOf } from './jobs/effects.ts';
import { type Papers, createPapers } from './jobs/papers.ts';
import { type Jobs, createJobs } from './jobs/runner.ts';
import type { Locations } from './location/locations.ts';
import type { LogLine } from './ops/logger.ts';

/**
 * The wiring of what leaves the house (paper, pushes, messages) and of what comes from outside, with the jobs that carry
 * both. Providers have a runner of their own: a platform that does not answer must not hold up a printer.
 */
export type Outside = {
  readonly jobs: Jobs;
  readonly papers: Papers;
  readonly push: PushSubscriptions;
  readonly pushKeys: PushKeys;
  readonly printSlip: PrintSlip;
  readonly inbox: Inbox;
  start(): Promise<void>;
  readonly printTestPage: PrintTestPage;
  stop(): Promise<void>;
};

/** They wait for others' servers most of the time. */
const PROVIDER_JOBS = 8;

export function createOutside(options: {
  readonly config: Config;
  readonly pool: pg.Pool;
  /** The jobs' own: one of its connections only listens. */
  readonly jobsPool: pg.Pool;
  readonly alone: boolean;
  readonly locations: Locations;
  readonly accounts: Pick<Accounts, 'channelLinks' | 'channelTokens'>;
  readonly providers: readonly Provider[];
  readonly live?: InboxOptions['live'];
  readonly secret: string;
  readonly now: () => number;
  readonly report: LogLine;
  readonly observeHook?: (provider: string, outcome: string, event?: string) => void;
}): Outside {
  const { config, locations, now, report } = options;
  const papers = createPapers(options.pool);
  const push = createPushSubscriptions(options.pool);
  const keys = pushKeys(options.secret);
  const open = (location: string) => locations.open(location);
  const send = async ({ host, port }: { host: string; port: number }, bytes: Uint8Array): Promise<void> =>
    printOver({ host: await addressOf(host, config.printers), port }, bytes);
  const print = createPrintJob({
    open,
    submit: (location, command, actor) => locations.submitInner(location, command, actor),
    send,
    keep: papers.keep,
    now,
    report,
  });
  const slipKey = deriveKey(options.secret, 'slip');
  const slip = createSlipJob({ open, send, keep: papers.keep, report });
  const call = createPushJob({ open, store: push, keys, subject: config.pushSubject, now, report });
  const message = createMessageJob({
    open,
    url: config.messageUrl,
    secret: config.messageSecret,
    now,
    report,
  });
  const runner = {
    pool: options.jobsPool,
    now: () => toInstant(now()),
    queueOf,
    report,
  };
  const jobs = createJobs({
    ...runner,
    alone: options.alone,
    // What `effectsOf` put into an effect of a kind is what its handler takes out.
    handlers: {
      print: (location, { data }, { attempt }) => print(location, data as PrintWish, attempt),
      guestSlip: async (location, { id, data }) => {
        const { order, printer, address } = data as SlipRequest;
        const url = unseal(slipKey, address);
        // Another secret since: then the link is not good any more either.
        if (url !== null) await slip(location, { job: id, order, printer, url });
      },
      push: (location, { data }) => call(location, data as PushCall | StockCall | OfferCall),
      message: (location, { data, id }) => message(location, data as PushCall, id),
    },
  });
  const inbox = createInbox({
    pool: options.pool,
    providers: options.providers,
    links: options.accounts.channelLinks,
    tokens: options.accounts.channelTokens,
    locations,
    enqueue: jobs.enqueue,
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
    now,
    report,
    ...(options.observeHook !== undefined && { observe: options.observeHook }),
    ...(options.live !== undefined && { live: options.live }),
  });
  // What a killed process left behind is given back once, by the first.
  const providerJobs = createJobs({
    ...runner,
    alone: false,
    concurrent: PROVIDER_JOBS,
    handlers: inbox.handlers,
  });
  return {
    jobs,
    papers,
    push,
    inbox,
    pushKeys: keys,
    printTestPage: createTestPage({ send, keep: papers.keep }),
    printSlip: (client, location, { id, order, printer, url }) =>
      jobs.enqueue(client, location, [guestSlip(id, now(), { order, printer, address: seal(slipKey, url) })]),
    async start() {
      await jobs.start();
      await providerJobs.start();
      inbox.start();
    },
    async stop() {
      await inbox.stop();
      await Promise.all([jobs.stop(), providerJobs.stop()]);
      // A handler that does not come back must not hold up the end.
      await Promise.race([options.jobsPool.end(), sleep(1_000, undefined, { ref: false })]);
    },
  };
}
