import { UNROUTED } from '../domain/place.ts';
import { type PlatformAudit, isUnanswered } from './platformAudit.ts';
import { type Audit, type ChangeProof, type TicketProof, isMissed, isTold } from './audit.ts';

/** An audit in words: a line of sums for each kind of promise, then each one that was not kept. */

const RUNG_NAMES = ['', 'nudge', 'backup', 'paper', 'the pass', 'manager', 'message'];
/** Later than the fourth rung with a second to spare, and nobody was told: a server was away, or something is wrong. */
const LATE_MS = 31_000;
/** A change without a tap for longer than this must have been told of. */
const UNSEEN_MS = 61_000;

export type Report = { readonly lines: string[]; readonly isKept: boolean };

/** `now` (RFC 3339): until when what still waits has been waiting. */
export function reportAudit(audit: Audit, now: string): Report {
  const missed = audit.tickets.filter(isMissed);
  const unseen = audit.changes.filter((one) => isUnseen(one, now));
  const unanswered = audit.platforms.offers.filter((one) => isUnanswered(one, now));
  const lines = [
    sumTickets(audit.tickets),
    ...sumLadder(audit.tickets),
    ...sumChanges(audit.changes),
    ...sumPaper(audit),
    ...sumPlatforms(audit.platforms, now),
    ...(audit.canaries > 0 ? [`canaries: ${audit.canaries}`] : []),
    ...(audit.refused > 0 ? [`policies: ${audit.refused} times what time asked for was refused`] : []),
    ...missed.map((one) => missedLine(one, now)),
    ...audit.tickets.filter((one) => isLate(one)).map(lateLine),
    ...audit.tickets.filter((one) => one.ended === 'cancelled' || one.ended === 'voided').map(endedLine),
    ...unseen.map(
      (one) => `  NOT TAPPED: a change of ${name(one)}, since ${one.since}, and the pass was not told`,
    ),
    ...unanswered.map(
      (one) =>
        `  NOT ANSWERED: ${one.number} of ${one.platform}, offered at ${one.since}, waited until ${one.until}`,
    ),
    ...audit.platforms.words.flatMap(({ number, platform, act, since, refused }) =>
      refused === null ? [] : [`  refused by ${platform}: ${act} of ${number} at ${since}: ${refused}`],
    ),
    ...audit.paper.failed.map(({ at, printer, reason }) => `  print failed: ${printer} at ${at}: ${reason}`),
  ];
  return { lines, isKept: missed.length === 0 && unseen.length === 0 && unanswered.length === 0 };
}

function sumTickets(tickets: readonly TicketProof[]): string {
  const heard = tickets.filter(({ heardAt }) => heardAt !== null);
  const onPaper = tickets.filter((one) => one.heardAt === null && one.printedAt !== null);
  const known = tickets.filter(
    (one) => one.heardAt === null && one.printedAt === null && one.knownAt !== null,
  );
  const told = tickets.filter(isTold);
  const causes = (['fire', 'recall', 'change'] as const).map((cause) => {
    const count = tickets.filter((one) => one.cause === cause).length;
    return count === 0 ? [] : [`${count} ${cause}${count === 1 ? '' : 's'}`];
  });
  return [
    `tickets: ${tickets.filter(({ cause }) => cause === 'fire').length} fired, ${tickets.length} asked to be heard (${causes.flat().join(', ') || 'none'})`,
    `heard ${heard.length}${spread(heard.map((one) => between(one.since, one.heardAt)))}`,
    `on paper ${onPaper.length}`,
    `worked on unheard ${known.length}`,
    `somebody was told of ${told.length}`,
  ].join('; ');
}

function sumLadder(tickets: readonly TicketProof[]): string[] {
  const climbed = tickets.flatMap(({ since, rungs }) =>
    rungs.map(({ rung, at }) => ({ rung, after: between(since, at) })),
  );
  if (climbed.length === 0) return [];
  const rungs = [1, 2, 3, 4, 5, 6].flatMap((rung) => {
    const after = climbed.filter((one) => one.rung === rung).map((one) => one.after);
    if (after.length === 0) return [];
    const [least, most] = [Math.min(...after), Math.max(...after)].map((ms) => (ms / 1000).toFixed(1));
    return [
      `${RUNG_NAMES[rung]} ${after.length} (after ${least === most ? least : `${least} to ${most}`} s)`,
    ];
  });
  return [`ladder: ${rungs.join(', ')}`];
}

function sumChanges(changes: readonly ChangeProof[]): string[] {
  if (changes.length === 0) return [];
  const tapped = changes.filter(({ tappedAt }) => tappedAt !== null);
  const told = changes.filter(({ toldAt }) => toldAt !== null).length;
  return [
    `changes: ${changes.length} after the fire, ${tapped.length} tapped${spread(tapped.map((one) => between(one.since, one.tappedAt)))}, the pass was told of ${told}`,
  ];
}

function sumPaper({ paper }: Audit): string[] {
  const { asked, printed, failed } = paper;
  return asked + printed + failed.length === 0
    ? []
    : [`paper: ${asked} asked for, ${printed} printed, ${failed.length} failed`];
}

function sumPlatforms({ offers, words }: PlatformAudit, now: string): string[] {
  if (offers.length + words.length === 0) return [];
  const answered = offers.flatMap(({ since, answer }) => (answer === null ? [] : [{ since, ...answer }]));
  const counts = (['yes', 'no', 'taken back', 'clock'] as const).flatMap((how) => {
    const count = answered.filter((one) => one.how === how).length;
    if (count === 0) return [];
    return [`${how === 'clock' ? 'ended by the platform’s clock' : how} ${count}`];
  });
  const waiting = offers.filter(({ answer, until }) => answer === null && until > now).length;
  const told = words.filter(({ toldAt }) => toldAt !== null);
  return [
    [
      `platforms: ${offers.length} orders waited for an answer`,
      ...counts,
      ...(waiting > 0 ? [`${waiting} still wait`] : []),
      `said after${spread(answered.map(({ since, at }) => between(since, at))) || ' nothing'}`,
      `told ${told.length} of ${words.length}${spread(told.map((one) => between(one.since, one.toldAt)))}`,
    ].join('; '),
  ];
}

function missedLine(one: TicketProof, now: string): string {
  const why = one.station === UNROUTED ? 'NOT HEARD, for no station makes it' : 'NOT HEARD';
  return `  ${why}: ${name(one)}, ${one.cause} at ${one.since}, ${seconds(between(one.since, now))} ago (ticket ${one.ticket})`;
}

/** Noticed in the end, but long after somebody should have been told, and nobody was. */
function isLate(one: TicketProof): boolean {
  const noticed = [one.heardAt, one.printedAt, one.knownAt].filter((at) => at !== null).sort()[0];
  return noticed !== undefined && between(one.since, noticed) > LATE_MS && !isTold(one);
}

function lateLine(one: TicketProof): string {
  const at = one.heardAt ?? one.printedAt ?? one.knownAt ?? one.since;
  return `  late, and nobody was told: ${name(one)}, ${one.cause} at ${one.since}, noticed after ${seconds(between(one.since, at))} (ticket ${one.ticket})`;
}

function endedLine(one: TicketProof): string {
  return `  ${one.ended} before it was heard: ${name(one)}, ${one.cause} at ${one.since} (ticket ${one.ticket})`;
}

function isUnseen(one: ChangeProof, now: string): boolean {
  return one.tappedAt === null && one.toldAt === null && !one.ended && between(one.since, now) > UNSEEN_MS;
}

function name({ number, station }: { number: number | null; station: string }): string {
  return `#${number ?? '?'} at ${station}`;
}

function spread(waits: readonly number[]): string {
  if (waits.length === 0) return '';
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
  return ` (median ${seconds(at(0.5))}, p99 ${seconds(at(0.99))})`;
}

function between(from: string, to: string | null): number {
  return to === null ? 0 : Date.parse(to) - Date.parse(from);
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
