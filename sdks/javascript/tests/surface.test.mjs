// The package as a whole: nothing of the API is missing, and its two forms are one.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as esm from '@yourapp/sdk';
import { good, serve } from './server.mjs';

const document = JSON.parse(await readFile(new URL('../../../layers/core/flows/api/openapi.json', import.meta.url), 'utf8'));
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

// Without a key: pages for browsers, which people open, and hooks, which other services call.
const isForBrowsers = ({ operationId, tags }) => tags.includes('Pages') || tags.includes('Hooks') || operationId === 'get_docs';

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method] && !isForBrowsers(item[method])).map((method) => ({ ...item[method], method, path })),
);

// How each operation is called; ids are those of its path, `q` stands for all of its query.
const CALLS = {
  authorize: (client, q, body) => client.credentials.authorize(body),
  cancel_execution: (client) => client.executions.cancel('execution_id'),
  connect_integration: (client, q, body) => client.integrations.create(body),
  create_api_key: (client, q, body) => client.apiKeys.create(body),
  create_credential: (client, q, body) => client.credentials.create(body),
  create_form: (client, q, body) => client.forms.create(body),
  create_submission: (client, q, body) => client.submissions.create('form_id', body),
  create_upload: (client, q, body) => client.submissions.createUpload('form_id', body),
  create_webhook: (client, q, body) => client.webhooks.create(body),
  create_workflow: (client, q, body) => client.workflows.create(body),
  delete_api_key: (client) => client.apiKeys.delete('key_id'),
  delete_credential: (client, q) => client.credentials.delete('credential_id', q),
  delete_form: (client, q) => client.forms.delete('form_id', q),
  delete_integration: (client) => client.integrations.delete('integration_id'),
  delete_submission: (client) => client.forms.submissions.delete('form_id', 'submission_id'),
  delete_webhook: (client) => client.webhooks.delete('webhook_id'),
  delete_workflow: (client) => client.workflows.delete('workflow_id'),
  duplicate_workflow: (client, q, body) => client.workflows.duplicate('workflow_id', body),
  evaluate_expression: (client, q, body) => client.expressions.evaluate(body),
  execute_workflow: (client, q, body) => client.workflows.execute('workflow_id', body),
  get_account: (client) => client.account.get(),
  get_credential: (client) => client.credentials.get('credential_id'),
  get_delivery: (client) => client.webhooks.deliveries.get('webhook_id', 'delivery_id'),
  get_execution: (client) => client.executions.get('execution_id'),
  get_form: (client) => client.forms.get('form_id'),
  get_form_version: (client) => client.forms.versions.get('form_id', 'version'),
  get_integration: (client) => client.integrations.get('integration_id'),
  get_openapi: (client) => client.openapi(),
  get_schedule: (client) => client.workflows.schedule('workflow_id'),
  get_submission: (client) => client.submissions.get('form_id', 'submission_id'),
  get_version: (client) => client.workflows.versions.get('workflow_id', 'version'),
  get_webhook: (client) => client.webhooks.get('webhook_id'),
  get_workflow: (client) => client.workflows.get('workflow_id'),
  list_api_keys: (client, q) => client.apiKeys.list(q),
  list_catalog: (client, q) => client.integrations.catalog(q),
  list_credentials: (client, q) => client.credentials.list(q),
  list_deliveries: (client, q) => client.webhooks.deliveries.list('webhook_id', q),
  list_event_deliveries: (client, { event_id, ...q }) => client.webhooks.deliveries.ofEvent(event_id, q),
  list_events: (client, q) => client.webhooks.events(q),
  list_executions: (client, q) => client.executions.list(q),
  list_form_versions: (client, q) => client.forms.versions.list('form_id', q),
  list_forms: (client, q) => client.forms.list(q),
  list_integrations: (client, q) => client.integrations.list(q),
  list_logs: (client, q) => client.executions.logs('execution_id', q),
  list_node_types: (client, q) => client.nodeTypes.list(q),
  list_submissions: (client, q) => client.submissions.list('form_id', q),
  list_triggers: (client, q) => client.workflows.triggers('workflow_id', q),
  list_versions: (client, q) => client.workflows.versions.list('workflow_id', q),
  list_webhooks: (client, q) => client.webhooks.list(q),
  list_workflow_executions: (client, q) => client.workflows.executions('workflow_id', q),
  list_workflows: (client, q) => client.workflows.list(q),
  redeliver: (client) => client.webhooks.deliveries.redeliver('webhook_id', 'delivery_id'),
  redeliver_failed: (client, q, body) => client.webhooks.redeliverFailed('webhook_id', body),
  restore_version: (client) => client.workflows.versions.restore('workflow_id', 'version'),
  retry_execution: (client, q, body) => client.executions.retry('execution_id', body),
  rotate_secret: (client, q, body) => client.webhooks.rotateSecret('webhook_id', body),
  send_test_event: (client, q, body) => client.webhooks.test('webhook_id', body),
  test_integration: (client) => client.integrations.test('integration_id'),
  update_credential: (client, q, body) => client.credentials.update('credential_id', body),
  update_form: (client, q, body) => client.forms.update('form_id', body, { ifMatch: 1 }),
  update_webhook: (client, q, body) => client.webhooks.update('webhook_id', body),
  update_workflow: (client, q, body) => client.workflows.update('workflow_id', body, { ifMatch: 1 }),
  validate_workflow: (client, q, body) => client.workflows.validate(body),
};

test('no operation of the OpenAPI document is missing', () => {
  assert.deepEqual(Object.keys(CALLS).sort(), operations.map(({ operationId }) => operationId).sort());
});

test('each goes where the document says, with its query, its body and its headers', async () => {
  const server = await serve(({ method }) => good(method === 'GET' ? [] : {}, {}));
  const client = server.client();
  const body = { some: 'body' };
  for (const { operationId, method, path, parameters = [], requestBody } of operations) {
    const named = (where) => parameters.filter((parameter) => parameter.in === where).map(({ name }) => name.toLowerCase());
    const query = Object.fromEntries(named('query').map((name) => [name, `a ${name}`]));

    await CALLS[operationId](client, query, body);

    const request = server.requests.at(-1);
    assert.equal(`${request.method} ${request.path}`, `${method.toUpperCase()} /v1${path.replace(/[{}]/g, '')}`, operationId);
    assert.deepEqual(request.query, query, operationId);
    assert.deepEqual(request.body, requestBody && body, operationId);
    assert.equal('if-match' in request.headers, named('header').includes('if-match'), operationId);
    assert.equal('idempotency-key' in request.headers, method === 'post', operationId);
  }
});

test('the CommonJS form has the same, and works', async () => {
  const require = createRequire(import.meta.url);
  const cjs = require('@yourapp/sdk');
  const server = await serve([good({ id: 'acct_1' })]);

  assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
  assert.deepEqual(await new cjs.Client('key', { baseUrl: server.url }).account.get(), { id: 'acct_1' });
  assert.equal(typeof require('@yourapp/sdk/webhooks').verify, 'function');
});

test('the surface is what it was: a name less breaks those who use it', () => {
  assert.deepEqual(Object.keys(esm).sort(), [
    'APIConnectionError', 'APIError', 'APITimeoutError', 'ApiPromise', 'AuthenticationError', 'Client', 'ConfigurationError',
    'ConflictError', 'ExecutionCancelledError', 'ExecutionError', 'ExecutionFailedError', 'ExecutionTimeoutError',
    'InvalidResponseError', 'NotFoundError', 'Page', 'PagePromise', 'PayloadTooLargeError', 'PermissionDeniedError',
    'RateLimitError', 'ServerError', 'UnsupportedMediaTypeError', 'VERSION', 'ValidationError', 'WebhookVerificationError',
    'YourAppError', 'default', 'webhooks',
  ]);
});

test('the version is written once', async () => {
  const { version, dependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

  assert.equal(esm.VERSION, version);
  assert.equal(dependencies, undefined, 'no dependency at run time');
});
