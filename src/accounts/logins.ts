import { randomBytes } from 'node:crypto';
import type { betterAuth as BetterAuth } from 'better-auth';
import pg from 'pg';
import { inScope } from './scope.ts';

/**
 * E-mail and password of owners and managers. better-auth stores the passwords and the sessions; none of its own HTTP
 * calls are served, only ours.
 */
export type Member = {
  readonly user: string;
  readonly name: string;
  readonly email: string;
  readonly organization: string;
  readonly role: 'owner' | 'manager';
};

export type Logins = {
  /** Null for a wrong e-mail or password, and for somebody who belongs to no organization. `refresh` is good for 30 days. */
  login(
    email: string,
    password: string,
    organization?: string,
  ): Promise<{ member: Member; refresh: string } | null>;
  /** Who a refresh token belongs to, while its session lasts. */
  renew(refresh: string, organization?: string): Promise<Member | null>;
  logout(refresh: string): Promise<void>;
  /**
   * Makes the person a member. A new person without a password gets one at random, which is answered once.
   * Idempotent: `changed` is false when it was so already.
   */
  ensureMember(
    organization: string,
    person: { email: string; name: string; role: 'owner' | 'manager'; password?: string },
  ): Promise<{ changed: boolean; password?: string }>;
  close(): Promise<void>;
};

export type LoginOptions = {
  /** As role heard_app. */
  readonly connection: pg.PoolConfig;
  readonly pool: pg.Pool;
  readonly secret: string;
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
};

const times = { createdAt: 'created_at', updatedAt: 'updated_at' };
const SESSION_SECONDS = 30 * 24 * 3_600;

function configure(
  betterAuth: typeof BetterAuth,
  database: pg.Pool,
  secret: string,
  log: LoginOptions['log'],
) {
  return betterAuth({
    // None of its routes are mounted; it only wants to know a URL.
    baseURL: 'http://localhost',
    secret,
    database,
    telemetry: { enabled: false },
    logger: { level: 'warn', log: (level, message) => log(`better-auth: ${message}`, { level }) },
    emailAndPassword: { enabled: true, minPasswordLength: 10, maxPasswordLength: 200, autoSignIn: false },
    rateLimit: { enabled: false },
    user: { modelName: 'auth_users', fields: { ...times, emailVerified: 'email_verified' } },
    session: {
      modelName: 'auth_sessions',
      expiresIn: SESSION_SECONDS,
      fields: {
        ...times,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
    },
    account: {
      modelName: 'auth_accounts',
      fields: {
        ...times,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'auth_verifications', fields: { ...times, expiresAt: 'expires_at' } },
  });
}

export function createLogins({ connection, pool, secret, log }: LoginOptions): Logins {
  // A pool of its own: better-auth wants dates as Date, the rest of the server as text.
  const own = new pg.Pool({
    ...connection,
    max: 2,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
    query_timeout: 7_000,
    application_name: `heard logins ${process.pid}`,
  });
  own.on('error', (error) =>
    log('an idle database connection was lost', { pool: 'logins', error: error.message }),
  );
  // Loaded when somebody signs in: half of the time that `heard token` would take is the reading of this library.
  const load = async () => configure((await import('better-auth')).betterAuth, own, secret, log).$context;
  let loaded: ReturnType<typeof load> | undefined;
  const openContext = () => (loaded ??= load());

  const memberOf = async (
    user: { id: string; name: string; email: string },
    organization?: string,
  ): Promise<Member | null> => {
    const rows = await inScope(pool, { user: user.id }, async (client) => {
      const result = await client.query<{ organization_id: string; role: 'owner' | 'manager' }>(
        'select organization_id, role from members where user_id = $1 and ($2::text is null or organization_id = $2) order by created_at, organization_id limit 1',
        [user.id, organization ?? null],
      );
      return result.rows;
    });
    const row = rows[0];
    return row === undefined
      ? null
      : {
          user: user.id,
          name: user.name,
          email: user.email,
          organization: row.organization_id,
          role: row.role,
        };
  };

  return {
    async login(email, password, organization) {
      const context = await openContext();
      const found = await context.internalAdapter.findUserByEmail(email.toLowerCase(), {
        includeAccounts: true,
      });
      const hash = found?.accounts.find((account) => account.providerId === 'credential')?.password;
      // The same work for an unknown e-mail: the time must not say who has an account.
      const right = await context.password.verify({
        password,
        hash: hash ?? (await nobodysHash(context.password.hash)),
      });
      if (found === null || hash === undefined || hash === null || !right) return null;
      const member = await memberOf(found.user, organization);
      if (member === null) return null;
      const session = await context.internalAdapter.createSession(found.user.id);
      return { member, refresh: session.token };
    },

    async renew(refresh, organization) {
      const context = await openContext();
      const found = await context.internalAdapter.findSession(refresh);
      if (found === null || found.session.expiresAt.getTime() < Date.now()) return null;
      return memberOf(found.user, organization);
    },

    async logout(refresh) {
      const context = await openContext();
      await context.internalAdapter.deleteSession(refresh);
    },

    async ensureMember(organization, { email, name, role, password }) {
      const context = await openContext();
      const address = email.toLowerCase();
      const found = await context.internalAdapter.findUserByEmail(address, { includeAccounts: true });
      let user = found?.user;
      let made: string | undefined;
      let changed = false;
      if (user === undefined) {
        made = password ?? randomBytes(12).toString('base64url');
        user = await context.internalAdapter.createUser({ email: address, name }, { method: 'admin' });
        await context.internalAdapter.linkAccount({
          userId: user.id,
          accountId: user.id,
          providerId: 'credential',
          password: await context.password.hash(made),
        });
        changed = true;
      }
      const { id } = user;
      const written = await inScope(pool, { organization }, (client) =>
        client.query(
          `insert into members (organization_id, user_id, role) values ($1, $2, $3)
           on conflict (organization_id, user_id) do update set role = excluded.role where members.role <> excluded.role`,
          [organization, id, role],
        ),
      );
      changed ||= written.rowCount === 1;
      return { changed, ...(made !== undefined && password === undefined && { password: made }) };
    },

    close: () => own.end(),
  };
}

let nobody: Promise<string> | undefined;

function nobodysHash(hash: (password: string) => Promise<string>): Promise<string> {
  return (nobody ??= hash(randomBytes(16).toString('hex')));
}
