import { causeAnswer, stateAnswer } from '../protocol/past.ts';
import type { Call } from './contract.ts';
import { stateQuery } from './pastRoutes.ts';

/** The calls of the black box, as data for the reference. */
export const PAST_CALLS: readonly Call[] = [
  {
    method: 'get',
    path: '/v1/locations/{location}/state',
    summary:
      'A topic as it was after the last event at or before a time (19:42, 2026-03-13T19:42, RFC 3339) or at a position (owner, manager)',
    tag: 'history',
    query: stateQuery,
    answer: stateAnswer,
    problems: ['not_found', 'rate_limited', 'unavailable'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/tickets/{ticket}/cause',
    summary: 'Why a ticket took as long as it did, in a paragraph and step by step (owner, manager)',
    tag: 'history',
    answer: causeAnswer,
    problems: ['not_found', 'rate_limited', 'unavailable'],
  },
];
