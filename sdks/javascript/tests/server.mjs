// A real HTTP server on 127.0.0.1 that answers what a test tells it to, and remembers what it was asked.
import { createServer } from 'node:http';
import { after } from 'node:test';
import { Client } from '@yourapp/sdk';

/** A good answer of the API. */
export const good = (data, meta, headers = {}) => ({ status: 200, headers, body: { success: true, data, ...(meta && { meta }) } });

/** An error of the API. */
export const bad = (status, code, message = 'It is wrong', details = null, headers = {}) => ({
  status,
  headers: { 'X-Request-Id': 'req_1', ...headers },
  body: { success: false, error: { code, message, details } },
});

/**
 * Starts a server.
 *
 * @param answer - `(request) => answer`, or an array: one answer after the other, the last one again and again. An answer is
 *   `{status, headers, body}`; `'hang up'` breaks the connection, `'say nothing'` leaves it open.
 * @returns `url`; `requests`: `{method, path, query, headers, body}` each; `client(options)`.
 */
export async function serve(answer) {
  const requests = [];
  const server = createServer(async (incoming, outgoing) => {
    const parts = [];
    for await (const part of incoming) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const { pathname, searchParams } = new URL(incoming.url, 'http://localhost');
    const request = {
      method: incoming.method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: incoming.headers,
      body: text && incoming.headers['content-type'] === 'application/json' ? JSON.parse(text) : undefined,
    };
    requests.push(request);
    const told = Array.isArray(answer) ? answer[Math.min(requests.length, answer.length) - 1] : await answer(request);
    if (told === 'hang up') return incoming.socket.destroy();
    if (told === 'say nothing') return undefined;
    const { status = 200, headers = {}, body } = told;
    outgoing.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    return outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${server.address().port}/v1`;
  return { url, requests, client: (options) => new Client('ya_live_test', { baseUrl: url, ...options }) };
}
