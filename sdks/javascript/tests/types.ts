// Compiled, not run: the types as those who use the package see them, without the DOM's types.
import { Client, ExecutionFailedError, Page, RateLimitError, ValidationError } from '@yourapp/sdk';
import type { Execution, StartedExecution, Workflow, WorkflowSummary } from '@yourapp/sdk';
import { verify } from '@yourapp/sdk/webhooks';
import type { operations } from '../src/generated/schema.js';

const client = new Client('YOUR_API_KEY');

// What methods give is what the OpenAPI document says.
type Good<Op extends keyof operations> = operations[Op]['responses'] extends infer All
  ? All[keyof All] extends { content: { 'application/json': { data: infer Data } } }
    ? Data
    : never
  : never;
type Given<Method> = Method extends (...all: never[]) => PromiseLike<infer Data> ? (Data extends Page<infer Item> ? Item[] : Data) : never;
type Fits<Op extends keyof operations, Method> = [Given<Method>] extends [never] ? false : Given<Method> extends Good<Op> ? true : false;
type Everything<All extends true[]> = All;

export type Checked = Everything<[
  Fits<'authorize', Client['credentials']['authorize']>,
  Fits<'cancel_execution', Client['executions']['cancel']>,
  Fits<'connect_integration', Client['integrations']['create']>,
  Fits<'create_api_key', Client['apiKeys']['create']>,
  Fits<'create_credential', Client['credentials']['create']>,
  Fits<'create_form', Client['forms']['create']>,
  Fits<'create_submission', Client['submissions']['create']>,
  Fits<'create_webhook', Client['webhooks']['create']>,
  Fits<'create_workflow', Client['workflows']['create']>,
  Fits<'delete_api_key', Client['apiKeys']['delete']>,
  Fits<'delete_credential', Client['credentials']['delete']>,
  Fits<'delete_form', Client['forms']['delete']>,
  Fits<'delete_integration', Client['integrations']['delete']>,
  Fits<'delete_submission', Client['submissions']['delete']>,
  Fits<'delete_webhook', Client['webhooks']['delete']>,
  Fits<'delete_workflow', Client['workflows']['delete']>,
  Fits<'duplicate_workflow', Client['workflows']['duplicate']>,
  Fits<'evaluate_expression', Client['expressions']['evaluate']>,
  Fits<'execute_workflow', Client['workflows']['execute']>,
  Fits<'get_account', Client['account']['get']>,
  Fits<'get_credential', Client['credentials']['get']>,
  Fits<'get_delivery', Client['webhooks']['deliveries']['get']>,
  Fits<'get_execution', Client['executions']['get']>,
  Fits<'get_form', Client['forms']['get']>,
  Fits<'get_form_version', Client['forms']['versions']['get']>,
  Fits<'get_integration', Client['integrations']['get']>,
  Fits<'get_schedule', Client['workflows']['schedule']>,
  Fits<'get_submission', Client['submissions']['get']>,
  Fits<'get_version', Client['workflows']['versions']['get']>,
  Fits<'get_webhook', Client['webhooks']['get']>,
  Fits<'get_workflow', Client['workflows']['get']>,
  Fits<'list_api_keys', Client['apiKeys']['list']>,
  Fits<'list_catalog', Client['integrations']['catalog']>,
  Fits<'list_credentials', Client['credentials']['list']>,
  Fits<'list_deliveries', Client['webhooks']['deliveries']['list']>,
  Fits<'list_event_deliveries', Client['webhooks']['deliveries']['ofEvent']>,
  Fits<'list_events', Client['webhooks']['events']>,
  Fits<'list_executions', Client['executions']['list']>,
  Fits<'list_form_versions', Client['forms']['versions']['list']>,
  Fits<'list_forms', Client['forms']['list']>,
  Fits<'list_integrations', Client['integrations']['list']>,
  Fits<'list_logs', Client['executions']['logs']>,
  Fits<'list_node_types', Client['nodeTypes']['list']>,
  Fits<'list_submissions', Client['submissions']['list']>,
  Fits<'list_triggers', Client['workflows']['triggers']>,
  Fits<'list_versions', Client['workflows']['versions']['list']>,
  Fits<'list_webhooks', Client['webhooks']['list']>,
  Fits<'list_workflow_executions', Client['workflows']['executions']>,
  Fits<'list_workflows', Client['workflows']['list']>,
  Fits<'redeliver', Client['webhooks']['deliveries']['redeliver']>,
  Fits<'redeliver_failed', Client['webhooks']['redeliverFailed']>,
  Fits<'restore_version', Client['workflows']['versions']['restore']>,
  Fits<'retry_execution', Client['executions']['retry']>,
  Fits<'rotate_secret', Client['webhooks']['rotateSecret']>,
  Fits<'send_test_event', Client['webhooks']['test']>,
  Fits<'test_integration', Client['integrations']['test']>,
  Fits<'update_credential', Client['credentials']['update']>,
  Fits<'update_form', Client['forms']['update']>,
  Fits<'update_webhook', Client['webhooks']['update']>,
  Fits<'update_workflow', Client['workflows']['update']>,
  Fits<'validate_workflow', Client['workflows']['validate']>,
]>;

export async function lists(): Promise<number | undefined> {
  const page: Page<WorkflowSummary> = await client.workflows.list({ status: 'published', limit: 50 });
  for await (const { name } of page) name.toUpperCase();
  for await (const { version } of client.workflows.list()) version.toFixed();
  // @ts-expect-error: there is no such status
  await client.workflows.list({ status: 'gone' });
  // @ts-expect-error: there is no such parameter
  await client.workflows.list({ sort: 'name' });
  await client.executions.list({ from: new Date(), to: '2024-01-01' });
  return page.total;
}

export async function runs(): Promise<StartedExecution> {
  const done: Execution = await client.workflows.execute('wf_123', { input: { a: 1 }, wait: true, timeout: 5_000 });
  done.logs.map(({ node_id }) => node_id);
  // @ts-expect-error: a time limit is one of waiting
  await client.workflows.execute('wf_123', { timeout: 5_000 });
  // @ts-expect-error: an id is a text
  await client.workflows.execute(123);
  for await (const { status } of client.executions.streamLogs('exec_456')) if (status === 'failed') break;
  return client.workflows.execute('wf_123', { input: {}, version: 'draft' });
}

export async function changes(): Promise<Workflow> {
  const { nodes, edges } = await client.workflows.get('wf_123');
  // What was read can be written back.
  const { data, response } = await client.workflows.update('wf_123', { nodes, edges }, { ifMatch: 3 }).withResponse();
  response.headers.get('etag');
  // @ts-expect-error: a workflow has a name
  await client.workflows.create({ nodes });
  return data;
}

export async function secrets(): Promise<string> {
  await client.credentials.create({ name: 'Slack', type: 'api_key', value: 'xoxb-your-token' });
  const { id } = await client.credentials.create({ name: 'Shop', type: 'basic', value: { username: 'a', password: 'b' } });
  await client.credentials.update(id, { value: { username: 'a', password: 'c' } });
  return id;
}

export function told(problem: unknown): string | number | undefined {
  if (problem instanceof ValidationError) return problem.details[0]?.path;
  if (problem instanceof RateLimitError) return problem.retryAfter;
  if (problem instanceof ExecutionFailedError) return problem.execution.error?.node_id ?? problem.nodeMessage;
  return undefined;
}

export async function received(request: Request): Promise<string> {
  const event = await verify<{ submission_id: string }>(await request.text(), request.headers, 'whsec_x');
  return event.type === 'form.submitted' ? event.data.submission_id : '';
}
