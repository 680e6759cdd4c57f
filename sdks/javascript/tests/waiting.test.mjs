import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExecutionCancelledError, ExecutionFailedError, ExecutionTimeoutError } from '@yourapp/sdk';
import { good, serve } from './server.mjs';

const run = (status, more = {}) => ({ id: 'exec_1', status, error: null, output: null, ...more });
const started = good({ execution_id: 'exec_1', status: 'running', started_at: '2024-01-20T15:30:00Z' });

test('execute with wait gives the finished run that the API waited for itself', async () => {
  const server = await serve([good(run('completed', { output: { sum: 3 } }))]);

  const execution = await server.client().workflows.execute('wf_1', { input: { a: 1 }, wait: true, timeout: 30_000 });

  assert.deepEqual(execution.output, { sum: 3 });
  const [request] = server.requests;
  assert.equal(request.headers.prefer, 'wait=20');
  assert.deepEqual(request.body, { input: { a: 1 } });
});

test('a longer run is followed to its end', async () => {
  const server = await serve([started, good(run('running')), good(run('waiting')), good(run('completed'))]);

  const execution = await server.client().workflows.execute('wf_1', { wait: true }, { idempotencyKey: 'once' });

  assert.equal(execution.status, 'completed');
  assert.deepEqual(
    server.requests.map(({ method, path, headers }) => [method, path, headers['idempotency-key']]),
    [
      ['POST', '/v1/workflows/wf_1/execute', 'once'],
      ...Array(3).fill(['GET', '/v1/executions/exec_1', undefined]),
    ],
  );
});

test('a run that failed is an error with what its node said, and where its logs are', async () => {
  const error = { node_id: 'charge', type: 'HTTP_ERROR', message: 'The card was declined', details: null };
  const server = await serve([started, good(run('failed', { error }))]);

  const problem = await server
    .client()
    .workflows.execute('wf_1', { wait: true })
    .then(assert.fail, (reason) => reason);

  assert.ok(problem instanceof ExecutionFailedError);
  assert.deepEqual([problem.nodeId, problem.nodeMessage, problem.errorType], ['charge', 'The card was declined', 'HTTP_ERROR']);
  assert.equal(problem.logsUrl, `${server.url}/executions/exec_1/logs`);
  const told = `Execution exec_1 failed at node "charge": The card was declined (logs: ${problem.logsUrl})`;
  assert.equal(problem.message, told);
  assert.equal(problem.execution.status, 'failed');
});

test('a run that goes on for longer than the caller waits', async () => {
  const server = await serve([started, good(run('waiting'))]);

  await assert.rejects(server.client().workflows.execute('wf_1', { wait: true, timeout: 20 }), (problem) => {
    assert.ok(problem instanceof ExecutionTimeoutError);
    assert.deepEqual([problem.executionId, problem.status], ['exec_1', 'waiting']);
    return true;
  });
  assert.equal(server.requests[0].headers.prefer, undefined);
});

test('executions.wait and retry', async () => {
  const server = await serve(({ method }) => (method === 'POST' ? started : good(run('cancelled'))));
  const client = server.client();

  await assert.rejects(client.executions.wait('exec_1'), ExecutionCancelledError);
  await assert.rejects(client.executions.retry('exec_0', { from_node: 'b', wait: true }), ExecutionCancelledError);
  assert.equal((await client.executions.wait('exec_1', { throwOnFailure: false })).status, 'cancelled');
  assert.equal((await client.executions.retry('exec_0')).execution_id, 'exec_1');

  const posts = server.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
  assert.deepEqual(posts, [{ from_node: 'b' }, {}]);
});

test('a signal ends the waiting', async () => {
  const server = await serve([good(run('running'))]);

  const waiting = server.client().executions.wait('exec_1', {}, { signal: AbortSignal.timeout(100) });

  await assert.rejects(waiting, { name: 'TimeoutError' });
});

test('streamLogs gives each entry once, a waiting one again when it is done, and the late ones', async () => {
  const entry = (node_id, status = 'completed') => ({ node_id, status, attempt: 1, scope: [] });
  const readings = [
    { status: 'running', pages: { '': [[entry('a')], '1'], 1: [[entry('c', 'waiting')], null] } },
    // The next reading begins behind the first page, which cannot change any more ...
    { status: 'running', pages: { 1: [[entry('c', 'waiting'), entry('d')], null] } },
    // ... but for the slow node b, which had begun before: the last reading finds it.
    { status: 'completed', pages: { '': [[entry('a'), entry('b')], '1'], 1: [[entry('c'), entry('d')], null] } },
  ];
  let reading = -1;
  const server = await serve(({ path, query }) => {
    if (!path.endsWith('/logs')) return good(run(readings[++reading].status));
    const [data, next_cursor] = readings[reading].pages[query.cursor ?? ''];
    return good(data, { limit: 100, next_cursor, has_more: next_cursor !== null });
  });
  const found = [];

  for await (const { node_id, status } of server.client().executions.streamLogs('exec_1')) found.push(`${node_id} ${status}`);

  assert.deepEqual(found, ['a completed', 'c waiting', 'd completed', 'b completed', 'c completed']);
});
