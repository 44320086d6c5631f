import { figuresAnswer, reportAnswer, rollUpAnswer } from '../protocol/reports.ts';
import type { Call } from './contract.ts';
import { figuresQuery, reportQuery } from './reportRoutes.ts';

/** The calls of reports, as data for the reference. */
export const REPORT_CALLS: readonly Call[] = [
  {
    method: 'get',
    path: '/v1/locations/{location}/reports/{name}',
    summary:
      'A report of business days: summary, sales-by-hour, -channel, -item; preparation and preparation-by-hour, -channel, -item; order-to-heard; corrections, corrections-by-reason; heat (owner, manager); CSV by Accept: text/csv',
    tag: 'history',
    query: reportQuery,
    answer: reportAnswer,
    problems: ['not_found', 'rate_limited'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/figures',
    summary: 'The reports of a page of figures, as of one moment (owner, manager)',
    tag: 'history',
    query: figuresQuery,
    answer: figuresAnswer,
    problems: ['rate_limited'],
  },
  {
    method: 'get',
    path: '/v1/reports/summary',
    summary: "The summary of every location that the caller's organization has (owner, manager)",
    tag: 'history',
    query: figuresQuery,
    answer: rollUpAnswer,
    problems: ['rate_limited'],
  },
];
