import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@yourapp/sdk';
import { bad, serve } from './server.mjs';

const CODES = [
  [400, 'VALIDATION_ERROR', sdk.ValidationError],
  [401, 'UNAUTHORIZED', sdk.AuthenticationError],
  [403, 'FORBIDDEN', sdk.PermissionDeniedError],
  [404, 'NOT_FOUND', sdk.NotFoundError],
  [409, 'CONFLICT', sdk.ConflictError],
  [413, 'PAYLOAD_TOO_LARGE', sdk.PayloadTooLargeError],
  [415, 'UNSUPPORTED_MEDIA_TYPE', sdk.UnsupportedMediaTypeError],
  [429, 'RATE_LIMITED', sdk.RateLimitError],
  [500, 'INTERNAL_ERROR', sdk.ServerError],
];

async function error(answer) {
  const server = await serve([answer]);
  return server
    .client({ maxRetries: 0 })
    .account.get()
    .then(assert.fail, (problem) => problem);
}

for (const [status, code, Kind] of CODES) {
  test(`${code} is a ${Kind.name}`, async () => {
    const problem = await error(bad(status, code, 'It is wrong', null));

    assert.equal(problem.constructor, Kind);
    assert.ok(problem instanceof sdk.APIError && problem instanceof sdk.YourAppError && problem instanceof Error);
    assert.equal(problem.name, Kind.name);
    assert.deepEqual([problem.status, problem.code, problem.requestId], [status, code, 'req_1']);
    assert.equal(problem.message, `${code} (${status}): It is wrong [request req_1]`);
  });
}

test('a ValidationError lists every problem', async () => {
  const details = [
    { path: 'name', message: 'a value is required', type: 'missing' },
    { path: 'nodes.0.type', message: 'there is no such type', type: 'node_type' },
  ];

  const problem = await error(bad(400, 'VALIDATION_ERROR', 'name: a value is required', details));

  assert.deepEqual(problem.details, details);
  assert.match(problem.message, /nodes\.0\.type: there is no such type/);
});

test('a RateLimitError tells when to come back', async () => {
  const details = { limit: 60, window: 'minute', reset: 1640000000 };

  const problem = await error(bad(429, 'RATE_LIMITED', 'Too many requests', details, { 'Retry-After': '17' }));

  assert.equal(problem.retryAfter, 17);
  assert.deepEqual(problem.details, details);
});

test('what a gateway on the way answers is an error by its status', async () => {
  const page = (status) => ({ status, headers: { 'Content-Type': 'text/html' }, body: '<h1>Oops</h1>' });

  const problem = await error(page(503));

  assert.ok(problem instanceof sdk.ServerError);
  assert.equal(problem.code, undefined);
  assert.match(problem.message, /HTTP \(503\): Service Unavailable/);
  assert.ok((await error(page(404))) instanceof sdk.NotFoundError);
  assert.equal((await error(page(418))).constructor, sdk.APIError);
});

test('an answer that is not of the API is an InvalidResponseError', async () => {
  const problem = await error({ status: 200, headers: { 'Content-Type': 'text/html' }, body: '<h1>Welcome to the hotel</h1>' });

  assert.ok(problem instanceof sdk.InvalidResponseError);
  assert.equal(problem.status, 200);
});
