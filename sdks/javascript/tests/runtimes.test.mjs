// Browsers, edge runtimes and Node 18: bundled, tree-shaken, and with what little is there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { webcrypto as crypto } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { good, serve } from './server.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));

async function bundle(contents, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'bundle',
    logLevel: 'error',
    ...options,
  });
  return outputFiles[0].text;
}

test('a bundle for browsers takes no module of Node, and runs with the web platform alone', async () => {
  const server = await serve(({ method }) => (method === 'GET' ? good([{ id: 'wf_1' }], { total: 1 }) : good({ id: 'wf_2' })));
  const code = await bundle("export { Client, webhooks } from '@yourapp/sdk'");
  // What an edge runtime and a page's worker have: no process, no Buffer, no require.
  const web = { AbortController, Headers, TextDecoder, TextEncoder, URL, URLSearchParams, atob, btoa, clearTimeout, crypto, fetch, setTimeout };
  const { Client, webhooks } = runInNewContext(`${code}; bundle`, web);
  const client = new Client('key', { baseUrl: server.url });
  const time = Math.floor(Date.now() / 1000);
  const signature = await webhooks.sign('{"type":"webhook.test"}', 'evt_1', time, 'secret');
  const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': String(time), 'webhook-signature': signature };

  assert.equal((await client.workflows.list()).data[0].id, 'wf_1');
  assert.equal((await client.workflows.create({ name: 'x' })).id, 'wf_2');
  assert.equal((await webhooks.verify('{"type":"webhook.test"}', headers, 'secret')).type, 'webhook.test');

  assert.match(server.requests[1].headers['idempotency-key'], /^[0-9a-f-]{36}$/);
  // A header of ours that the API does not allow to other origins would stop each request of a browser.
  assert.ok(!server.requests[0].headers['user-agent']?.includes('yourapp'));
  assert.throws(() => new Client(), /No API key/);
});

test('who only checks webhooks gets nothing of the client', async () => {
  const options = { format: 'esm', minify: true };
  const [whole, part, entry] = await Promise.all([
    bundle("export { Client } from '@yourapp/sdk'", options),
    bundle("import { webhooks } from '@yourapp/sdk'; export const check = webhooks.verify", options),
    bundle("export { verify } from '@yourapp/sdk/webhooks'", options),
  ]);

  assert.ok(whole.length < 30_000, `${whole.length} bytes`);
  for (const code of [part, entry]) {
    assert.ok(code.length < 5_000, `${code.length} bytes`);
    assert.doesNotMatch(code, /workflows/);
  }
});

test('Node 18 has Web Crypto in a module only', async () => {
  const server = await serve([good({ id: 'wf_1' })]);
  const script = fileURLToPath(new URL('without-web-crypto.mjs', import.meta.url));

  const { stdout } = await promisify(execFile)(process.execPath, ['--no-experimental-global-webcrypto', script, server.url]);

  assert.match(stdout, /^(v1,\S{44}\n)\1$/);
  assert.equal(server.requests.length, 2);
  for (const { headers } of server.requests) assert.match(headers['idempotency-key'], /^[0-9a-f-]{36}$/);
});
