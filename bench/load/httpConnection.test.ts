import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpConnection, jsonPost } from './httpConnection.ts';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<HttpConnection> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return HttpConnection.open(address.port);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('the HTTP connection of the load', () => {
  it('reads answers with a length, in pieces, chunked and without a body, one after the other', async () => {
    const connection = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url === '/empty') response.writeHead(204).end();
        else if (request.url === '/chunked') {
          response.write(`${body}1`);
          setTimeout(() => response.end('2'), 10);
        } else
          response
            .writeHead(request.url === '/refused' ? 422 : 200, { 'content-length': body.length + 1 })
            .end(`${body}!`);
      });
    });
    const long = JSON.stringify('x'.repeat(200_000));
    expect(await connection.send(jsonPost('/a', '', '{"a":1}'))).toEqual({ status: 200, body: '{"a":1}!' });
    expect((await connection.send(jsonPost('/a', 'X-Other: 1\r\n', long))).body.length).toBe(long.length + 1);
    expect((await connection.send(jsonPost('/chunked', '', '"b"'))).body).toMatch(
      /"b"1\r\n1\r\n2\r\n0\r\n\r\n$/,
    );
    expect(await connection.send(jsonPost('/empty', '', '1'))).toEqual({ status: 204, body: '' });
    expect(await connection.send(jsonPost('/refused', '', '1'))).toEqual({ status: 422, body: '1!' });
    connection.close();
  });

  it('a connection that breaks rejects what waits and what comes after', async () => {
    const connection = await serve((request) => request.socket.destroy());
    await expect(connection.send(jsonPost('/', '', '1'))).rejects.toThrow();
    await expect(connection.send(jsonPost('/', '', '1'))).rejects.toThrow();
  });
});
