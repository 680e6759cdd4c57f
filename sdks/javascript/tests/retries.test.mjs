import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIConnectionError, APITimeoutError, ConflictError, RateLimitError, ServerError } from '@yourapp/sdk';
import { backoff, delayAfter, retryAfter } from '../dist/esm/retries.js';
import { bad, good, serve } from './server.mjs';

const NOW = { 'Retry-After': '0' };

test('429 and 503 are tried again after the time that the API tells', async () => {
  const server = await serve([
    bad(429, 'RATE_LIMITED', 'Too many', null, { 'Retry-After': '1' }),
    bad(503, 'INTERNAL_ERROR', 'Busy', null, NOW),
    good({ id: 'acct_1' }),
  ]);
  const began = Date.now();

  assert.deepEqual(await server.client().account.get(), { id: 'acct_1' });

  assert.equal(server.requests.length, 3);
  assert.ok(Date.now() - began >= 990, 'not before it was told');
});

test('a POST keeps its Idempotency-Key over its attempts, and the next has another', async () => {
  const server = await serve([bad(500, 'INTERNAL_ERROR', 'x', null, NOW), 'hang up', good({}), good({}), good({})]);
  const client = server.client();

  await client.workflows.execute('wf_1', { input: 1 });
  await client.workflows.execute('wf_1', { input: 1 });
  await client.workflows.execute('wf_1', { input: 1 }, { idempotencyKey: 'order-7' });
  await client.account.get();

  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  assert.match(keys[0], /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(keys.slice(0, 3), [keys[0], keys[0], keys[0]]);
  assert.notEqual(keys[3], keys[0]);
  assert.deepEqual(keys.slice(4), ['order-7', undefined]);
  assert.deepEqual(server.requests[2].body, { input: 1 });
});

test('attempts end, and the last error is what comes of it', async () => {
  const server = await serve([bad(502, 'INTERNAL_ERROR', 'Down', null, NOW)]);

  await assert.rejects(server.client({ maxRetries: 1 }).account.get(), ServerError);
  await assert.rejects(server.client().account.get({ maxRetries: 0 }), ServerError);

  assert.equal(server.requests.length, 3);
});

test('what is wrong stays wrong: no other 4xx is tried again', async () => {
  const server = await serve([bad(404, 'NOT_FOUND'), bad(409, 'CONFLICT'), bad(400, 'VALIDATION_ERROR', 'x', [])]);

  for (let count = 0; count < 3; count++) await assert.rejects(server.client().account.get());

  assert.equal(server.requests.length, 3);
});

test('the first attempt may still be under way when the next comes: that is waited for', async () => {
  const under = bad(409, 'CONFLICT', 'Still in progress', { reason: 'in_progress' }, NOW);
  const server = await serve([under, good({ id: 'wf_1' })]);

  assert.equal((await server.client().workflows.create({ name: 'x' })).id, 'wf_1');

  const other = await serve([bad(409, 'CONFLICT', 'Reused', { reason: 'idempotency_key_reused' })]);
  await assert.rejects(other.client().workflows.create({ name: 'x' }), ConflictError);
  assert.equal(other.requests.length, 1);
});

test('a long Retry-After (the limit of the day) is told at once', async () => {
  const server = await serve([bad(429, 'RATE_LIMITED', 'x', { window: 'day' }, { 'Retry-After': '3600' })]);

  await assert.rejects(server.client().account.get(), (problem) => problem instanceof RateLimitError && problem.retryAfter === 3600);

  assert.equal(server.requests.length, 1);
});

test('an answer that does not come in time, or breaks off in its body, is an error of its own', async () => {
  const silent = await serve(['say nothing']);
  const cut = await serve([{ status: 200, headers: { 'Content-Length': '5000' }, body: '{"data"' }]);

  await assert.rejects(silent.client({ timeout: 50, maxRetries: 1 }).account.get(), APITimeoutError);
  await assert.rejects(cut.client({ timeout: 50, maxRetries: 0 }).account.get(), APITimeoutError);

  assert.equal(silent.requests.length, 2);
});

test('without a server there is an APIConnectionError that says why', async () => {
  const server = await serve([]);
  const client = server.client({ baseUrl: 'http://127.0.0.1:9', maxRetries: 0 });

  await assert.rejects(client.account.get(), (problem) => {
    assert.ok(problem instanceof APIConnectionError);
    assert.ok(!(problem instanceof APITimeoutError));
    assert.match(problem.message, /127\.0\.0\.1:9/);
    assert.ok(problem.cause);
    return true;
  });
});

test('a signal ends the pause between attempts', async () => {
  const server = await serve([bad(503, 'INTERNAL_ERROR', 'x', null, { 'Retry-After': '30' })]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);

  await assert.rejects(server.client().account.get({ signal: controller.signal }), { name: 'AbortError' });
});

test('pauses double up to 8 s, with jitter, and Retry-After is read as seconds and as a date', () => {
  for (const [attempt, longest] of [[0, 500], [1, 1000], [2, 2000], [3, 4000], [4, 8000], [9, 8000]]) {
    const delays = Array.from({ length: 50 }, () => backoff(attempt));
    assert.ok(Math.max(...delays) <= longest && Math.min(...delays) >= longest / 2);
    assert.ok(new Set(delays).size > 1);
  }
  const headers = (value) => new Headers(value === undefined ? {} : { 'Retry-After': value });
  assert.equal(retryAfter(headers('12')), 12);
  assert.equal(retryAfter(headers('Thu, 01 Jan 1970 00:00:00 GMT')), 0);
  const soon = retryAfter(headers(new Date(Date.now() + 10_000).toUTCString()));
  assert.ok(soon > 5 && soon <= 10);
  assert.equal(retryAfter(headers('soon')), undefined);
  assert.equal(retryAfter(headers(undefined)), undefined);
  assert.ok(delayAfter(0, headers('2')) >= 2000);
  assert.equal(delayAfter(0, headers('61')), undefined);
});
