/** The lane of tickets that no rule sends anywhere. A reserved station id. In a file of its own: screens want it without the schemas. */
export const UNROUTED = 'unrouted';
/** Its thresholds, in seconds: somebody has to see that nobody makes it. */
export const UNROUTED_LIMITS = { warn: 60, late: 180 } as const;
