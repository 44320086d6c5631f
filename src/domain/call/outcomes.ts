/** What can come of a call. Apart from the schemas, so that a screen that offers them need not load those. */
export const CALL_OUTCOMES = [
  'reservation_made',
  'reservation_changed',
  'reservation_cancelled',
  'order_placed',
  'question_answered',
  'message_taken',
  'transferred',
  'abandoned',
  'spam',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];
