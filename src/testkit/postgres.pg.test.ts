import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './postgres.ts';

test('a test that leaves a database connection open fails', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ ...database.app, application_name: 'forgotten' });
  client.on('error', () => undefined);
  await client.connect();
  await expect(database.drop()).rejects.toThrow(/left 1 database connections open.*forgotten/);
});

test('each database is a fresh copy of the migrated one', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  for (const database of [one, two]) {
    const client = new pg.Client(database.heardLog);
    await client.connect();
    await client.query("insert into organizations (id, name) values ('mine', 'Mine')");
    await client.end();
    await database.drop();
  }
  expect(one.name).not.toBe(two.name);
});
