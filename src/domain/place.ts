/** The lane of tickets that no rule sends anywhere. A reserved station id. In a file of its own: screens want it without the schemas. */
export const UNROUTED = 'unrouted';
