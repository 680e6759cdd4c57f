import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Client, ConfigurationError, InvalidResponseError, VERSION } from '@yourapp/sdk';
import { bad, good, serve } from './server.mjs';

test("the reference's snippet works, with the base URL from the environment", async (context) => {
  const server = await serve(({ method }) => good(method === 'GET' ? [{ id: 'wf_123' }] : { execution_id: 'exec_456' }, { total: 1 }));
  process.env.YOURAPP_BASE_URL = server.url;
  context.after(() => delete process.env.YOURAPP_BASE_URL);

  const client = new Client('YOUR_API_KEY');
  const workflows = await client.workflows.list();
  await client.workflows.execute('wf_123', { input: { email: 'user@example.com' } });

  assert.deepEqual(workflows.data, [{ id: 'wf_123' }]);
  const [list, execute] = server.requests;
  assert.equal(list.headers.authorization, 'Bearer YOUR_API_KEY');
  assert.equal(list.headers['user-agent'], `yourapp-javascript/${VERSION}`);
  assert.deepEqual([execute.method, execute.path], ['POST', '/v1/workflows/wf_123/execute']);
  assert.deepEqual(execute.body, { input: { email: 'user@example.com' } });
});

test('the key comes from the environment when none is given, and a client without one is refused', async (context) => {
  const server = await serve([good({})]);
  delete process.env.YOURAPP_API_KEY;
  assert.throws(() => new Client(), ConfigurationError);
  assert.throws(() => new Client('two words'), /characters that no key has/);
  assert.throws(() => new Client('key', { baseUrl: 'ftp://x' }), /https:\/\//);
  assert.throws(() => new Client('key', { timeout: NaN }), /timeout/);
  process.env.YOURAPP_API_KEY = 'from_env';
  context.after(() => delete process.env.YOURAPP_API_KEY);

  await new Client({ baseUrl: `${server.url}/` }).account.get();

  assert.equal(server.requests[0].headers.authorization, 'Bearer from_env');
  assert.equal(server.requests[0].path, '/v1/account');
});

test('the key shows neither in an inspected client nor in its JSON', () => {
  const client = new Client('ya_live_secret');
  assert.doesNotMatch(JSON.stringify({ client }), /ya_live_secret/);
  assert.doesNotMatch(inspect(client, { depth: 9, showHidden: true }), /ya_live_secret/);
});

test('an id is one segment of the path, whatever is in it, and never empty', async () => {
  const server = await serve([good({})]);
  const client = server.client();

  await client.workflows.get('../a b/ü?x');

  assert.equal(server.requests[0].path, '/v1/workflows/..%2Fa%20b%2F%C3%BC%3Fx');
  for (const id of ['', '  ', '.', '..', undefined, null, {}]) assert.throws(() => client.workflows.get(id), ConfigurationError);
  assert.equal(server.requests.length, 1);
});

test('parameters that are undefined are left out, and dates are written as the API reads them', async () => {
  const server = await serve([good([], {})]);

  await server.client().executions.list({ from: new Date(0), status: 'failed', cursor: undefined });

  assert.deepEqual(server.requests[0].query, { from: '1970-01-01T00:00:00.000Z', status: 'failed' });
});

test('a body goes as JSON, null included, and numbers that JSON does not have are refused', async () => {
  const server = await serve([good({})]);
  const client = server.client();

  await client.workflows.update('wf_1', { description: null, name: undefined }, { ifMatch: 3 });
  await assert.rejects(client.workflows.execute('wf_1', { input: { n: NaN } }), /n: JSON has no NaN/);

  assert.deepEqual(server.requests[0].body, { description: null });
  assert.equal(server.requests[0].headers['if-match'], '3');
  assert.equal(server.requests.length, 1);
});

test('withResponse tells of the HTTP answer', async () => {
  const server = await serve([good({ id: 'wf_1' }, undefined, { 'X-Request-Id': 'req_9', 'X-RateLimit-Remaining': '7' })]);

  const { data, response, requestId, text } = await server.client().workflows.get('wf_1').withResponse();

  assert.equal(data.id, 'wf_1');
  assert.equal(requestId, 'req_9');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('x-ratelimit-remaining'), '7');
  assert.deepEqual(JSON.parse(text).data, { id: 'wf_1' });
});

test('a fetch of your own sends the requests, with your options', async () => {
  const calls = [];
  const client = new Client('key', {
    baseUrl: 'https://example.com/v1',
    fetch: async (url, init) => {
      calls.push([url, init]);
      return new Response(JSON.stringify({ success: true, data: { id: 'a' } }));
    },
    fetchOptions: { keepalive: true },
    headers: { 'X-Team': 'ops' },
  });

  assert.deepEqual(await client.account.get({ headers: { 'X-Trace': '1' } }), { id: 'a' });

  const [url, init] = calls[0];
  assert.equal(url, 'https://example.com/v1/account');
  assert.equal(init.keepalive, true);
  assert.equal(init.headers.get('x-team'), 'ops');
  assert.equal(init.headers.get('x-trace'), '1');
});

test('withOptions keeps the rest', async () => {
  const server = await serve([bad(500, 'INTERNAL_ERROR')]);
  const client = server.client({ headers: { a: '1' } }).withOptions({ maxRetries: 0, headers: { b: '2' } });

  await assert.rejects(client.account.get());

  assert.equal(client.baseUrl, server.url);
  assert.equal(server.requests.length, 1);
  const { a, b, authorization } = server.requests[0].headers;
  assert.deepEqual([a, b, authorization], ['1', '2', 'Bearer ya_live_test']);
});

test('any request can be sent', async () => {
  const server = await serve([good({ id: 'x' })]);

  const data = await server.client().request({ method: 'POST', path: '/new-thing', body: { a: 1 }, query: { b: true } });

  assert.deepEqual(data, { id: 'x' });
  assert.deepEqual(server.requests[0].query, { b: 'true' });
});

test('a signal ends a request, and its reason is what it rejects with', async () => {
  const reason = new Error('the person left');
  const controller = new AbortController();
  const server = await serve(() => {
    controller.abort(reason);
    return 'say nothing';
  });

  await assert.rejects(server.client().account.get({ signal: controller.signal }), (problem) => problem === reason);
  await assert.rejects(server.client().account.get({ signal: controller.signal }), (problem) => problem === reason);

  assert.equal(server.requests.length, 1);
});

test('the key does not follow a redirect', async () => {
  const other = await serve([{ body: 'id,email\r\n' }]);
  const server = await serve([{ status: 303, headers: { Location: `${other.url}/file?signature=x` }, body: '' }]);

  assert.equal(await server.client().submissions.exportCsv('form_1', { to: '2024-01-01' }), 'id,email\r\n');
  await assert.rejects(server.client().account.get(), InvalidResponseError);

  assert.deepEqual(server.requests[0].query, { to: '2024-01-01', format: 'csv' });
  assert.equal(other.requests.length, 1);
  assert.equal(other.requests[0].headers.authorization, undefined);
});

test('an output that is only linked to is fetched, without the key', async () => {
  const other = await serve([{ body: { large: true } }]);
  const server = await serve([good({ output: { $ref: `${other.url}/output`, size: 2_000_000 } }), good({ output: { $ref: 1 } })]);

  assert.deepEqual(await server.client().executions.output('exec_1'), { large: true });
  assert.deepEqual(await server.client().executions.output('exec_1'), { $ref: 1 });

  assert.equal(other.requests[0].headers.authorization, undefined);
});
