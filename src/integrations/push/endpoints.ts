/**
 * A push endpoint is an address that a browser sent us and that we will call: only the services of browsers' makers are
 * taken, and what the operator adds.
 */
const SERVICES = [
  'fcm.googleapis.com',
  '.push.services.mozilla.com',
  '.notify.windows.com',
  '.push.apple.com',
] as const;

/** Null: fine; otherwise what is wrong with it. */
export function endpointProblem(endpoint: string, more: readonly string[] = []): string | null {
  if (!URL.canParse(endpoint)) return 'must be the endpoint of a push subscription';
  const { protocol, host, hostname, username } = new URL(endpoint);
  if (protocol !== 'https:' || username !== '') return 'must be an https address';
  const known = SERVICES.some((service) =>
    service.startsWith('.') ? hostname.endsWith(service) : hostname === service,
  );
  return known || more.includes(host)
    ? null
    : `${host} is not a push service that this server calls (HEARD_PUSH_HOSTS)`;
}
