/**
 * The wire's version, and its history. A test hashes the two unions: nobody changes a message without a line here.
 *
 * 1  2026-11  the first: hello, sub, unsub, ack, auth, pong; ready, snap, chg, live, ping, auth, bye, problem;
 *             then, for readers that ignore what they do not know: tickets that climb the ladder, alerts by type, tracking,
 *             reservations, the waitlist, calls, channels and stock
 */
export const WIRE_VERSION = 1;
export const SUBPROTOCOL = 'heard.v1';
