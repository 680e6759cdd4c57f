// The installed package against the deployed stack. Run by tests/e2e/test_sdk_javascript.py, which sets YOURAPP_API_KEY,
// YOURAPP_BASE_URL and RECEIVER_PORT.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import {
  AuthenticationError,
  Client,
  ConflictError,
  ExecutionFailedError,
  ExecutionTimeoutError,
  NotFoundError,
  PermissionDeniedError,
  ValidationError,
  webhooks,
} from '@yourapp/sdk';

const client = new Client();

async function published(nodes, edges = []) {
  const { id } = await client.workflows.create({ name: 'From JavaScript', nodes, edges });
  await client.workflows.publish(id);
  return id;
}

test('a workflow from its making to its end', async () => {
  const made = await client.workflows.create({
    name: 'Sum ✓',
    nodes: [{ id: 'sum', type: 'set', parameters: { values: { sum: '{{ a + b }}' } } }],
  });
  const changed = await client.workflows.update(made.id, { description: 'Adds up' }, { ifMatch: made.version });
  assert.equal(changed.description, 'Adds up');
  await assert.rejects(client.workflows.update(made.id, { name: 'x' }, { ifMatch: made.version + 7 }), ConflictError);
  assert.equal((await client.workflows.publish(made.id)).status, 'published');

  const execution = await client.workflows.execute(made.id, { input: { a: 1, b: 2 }, wait: true });

  assert.deepEqual([execution.status, execution.output.sum], ['completed', 3]);
  assert.deepEqual(await client.executions.output(execution.id), execution.output);
  assert.deepEqual((await client.workflows.executions(made.id)).data.map(({ id }) => id), [execution.id]);
  const copy = await client.workflows.duplicate(made.id);
  assert.deepEqual(copy.nodes, made.nodes);
  assert.deepEqual(await client.workflows.delete(copy.id), { id: copy.id, deleted: true });
  await assert.rejects(client.workflows.get(copy.id), NotFoundError);
  const versions = await client.workflows.versions.list(made.id).toArray();
  assert.deepEqual((await client.workflows.versions.get(made.id, versions[0].version)).nodes, made.nodes);
});

test('a run that fails, and its retry', async () => {
  const id = await published([{ id: 'end', type: 'stop', parameters: { outcome: 'failure', message: 'The shop is closed' } }]);

  const problem = await client.workflows.execute(id, { wait: true }).then(assert.fail, (reason) => reason);

  assert.ok(problem instanceof ExecutionFailedError, problem);
  assert.equal(problem.nodeId, 'end');
  assert.match(problem.message, /The shop is closed.*\/executions\/exec_\w+\/logs/);
  await assert.rejects(client.executions.retry(problem.executionId, { wait: true }), ExecutionFailedError);
  const retried = await client.executions.retry(problem.executionId);
  assert.equal((await client.executions.wait(retried.execution_id, { throwOnFailure: false })).status, 'failed');
});

test('logs as they come, of a run that waits in between', async () => {
  const nodes = [
    { id: 'first', type: 'noop' },
    { id: 'pause', type: 'delay', parameters: { seconds: 2 } },
    { id: 'last', type: 'noop' },
  ];
  const id = await published(nodes, [
    { source: 'first', target: 'pause' },
    { source: 'pause', target: 'last' },
  ]);
  const { execution_id } = await client.workflows.execute(id, { input: 1 });
  await assert.rejects(client.executions.wait(execution_id, { timeout: 0 }), ExecutionTimeoutError);
  const done = [];

  for await (const entry of client.executions.streamLogs(execution_id)) {
    if (entry.status === 'completed') done.push(entry.node_id);
  }

  assert.deepEqual(done, ['first', 'pause', 'last']);
  assert.equal((await client.executions.get(execution_id)).status, 'completed');
  await assert.rejects(client.executions.cancel(execution_id), ConflictError);
});

test('a repeated request has one effect', async () => {
  const id = await published([{ id: 'a', type: 'noop' }]);
  const options = { idempotencyKey: `order-${id}` };

  const [first, again] = [await client.workflows.execute(id, {}, options), await client.workflows.execute(id, {}, options)];

  assert.equal(again.execution_id, first.execution_id);
  await assert.rejects(client.workflows.execute(id, { input: 2 }, options), ConflictError);
});

test('lists go over all their pages', async () => {
  const form = await client.forms.create({ name: 'Signup', fields: [{ name: 'email', type: 'email', required: true }] });
  const sent = [];
  for (let count = 0; count < 5; count++) {
    sent.push((await client.submissions.create(form.id, { data: { email: `user${count}@example.com` } })).id);
  }

  const page = await client.submissions.list(form.id, { limit: 2, from: new Date('2020-01-01') });

  assert.deepEqual([page.total, page.data.length, page.hasMore], [5, 2, true]);
  const found = [];
  for await (const { id } of page) found.push(id);
  assert.deepEqual(found.sort(), sent.sort());
  const byNumber = await client.submissions.list(form.id, { limit: 2, page: 2 });
  assert.deepEqual([byNumber.page, (await byNumber.nextPage()).data.length], [2, 1]);
  const csv = await client.submissions.exportCsv(form.id);
  assert.equal(csv.trim().split('\n').length, 6);
  assert.match(csv, /user4@example\.com/);
  assert.equal((await client.forms.submissions.get(form.id, sent[0])).id, sent[0]);
});

test('what is wrong is told', async () => {
  const problem = await client.workflows
    .create({ name: '', nodes: [{ id: 'a', type: 'no_such_type' }] })
    .then(assert.fail, (reason) => reason);
  assert.ok(problem instanceof ValidationError);
  assert.ok(problem.details.every(({ path, message }) => path && message));
  assert.ok(problem.requestId);

  await assert.rejects(new Client('ya_live_wrong').account.get(), AuthenticationError);
  const narrow = await client.apiKeys.create({ name: 'Reader', scopes: ['workflows:read'] });
  const reader = new Client(narrow.key);
  assert.ok(Array.isArray((await reader.workflows.list()).data));
  await assert.rejects(reader.forms.list(), PermissionDeniedError);
  assert.equal((await client.apiKeys.delete(narrow.id)).deleted, true);
});

test('secrets are stored, and not shown', async () => {
  const made = await client.credentials.create({ name: 'Shop', type: 'basic', value: { username: 'ada', password: 'hopper-1906' } });
  const all = await client.credentials.list().withResponse();

  assert.ok(all.data.data.some(({ id }) => id === made.id));
  assert.doesNotMatch(all.text, /hopper-1906/);
  assert.equal((await client.credentials.delete(made.id)).deleted, true);
});

test('a webhook is sent, verified, and found among the deliveries', async (context) => {
  const server = createServer().listen(Number(process.env.RECEIVER_PORT), '127.0.0.1');
  context.after(() => server.close());
  const hook = await client.webhooks.create({ url: `http://127.0.0.1:${process.env.RECEIVER_PORT}/`, events: ['webhook.test'] });
  context.after(() => client.webhooks.delete(hook.id));
  const sent = client.webhooks.test(hook.id);
  const [request, response] = await once(server, 'request', { signal: AbortSignal.timeout(60_000) });
  const parts = [];
  for await (const part of request) parts.push(part);
  response.writeHead(204, { Connection: 'close' }).end();

  const event = await webhooks.verify(Buffer.concat(parts), request.headers, hook.secret);

  assert.equal(event.type, 'webhook.test');
  assert.equal((await sent).event_id, event.id);
  const [delivery] = await client.webhooks.deliveries.list(hook.id).toArray();
  assert.equal(delivery.event_id, event.id);
  await assert.rejects(webhooks.verify(Buffer.concat(parts), request.headers, 'whsec_AAAA'), webhooks.WebhookVerificationError);
});

test('the rest of the reading', async () => {
  assert.ok((await client.account.get()).plan);
  assert.ok((await client.nodeTypes.list().toArray()).some(({ type }) => type === 'http_request'));
  assert.ok((await client.integrations.catalog().toArray()).some(({ id }) => id === 'slack'));
  assert.ok((await client.webhooks.events().toArray()).some(({ type }) => type === 'form.submitted'));
  assert.equal((await client.expressions.evaluate({ expression: 'a + 1', input: { a: 1 } })).result, 2);
  assert.equal((await client.openapi()).openapi, '3.1.0');
});
