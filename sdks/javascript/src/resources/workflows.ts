import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Transport } from '../transport.js';
import type {
  Body,
  Deleted,
  Execution,
  ExecutionSummary,
  Query,
  ScheduledTime,
  StartedExecution,
  Trigger,
  Validation,
  Workflow,
  WorkflowSummary,
} from '../types.js';
import { started, type NoWait, type Waiting } from '../waiting.js';
import { ifMatchHeader, type IfMatch } from './if-match.js';
import { WorkflowVersions } from './workflow-versions.js';

type ExecuteBody = Body<'execute_workflow'>;

/** `client.workflows` */
export class Workflows extends Resource {
  readonly versions: WorkflowVersions;

  /** @internal */
  constructor(transport: Transport) {
    super(transport);
    this.versions = new WorkflowVersions(transport);
  }

  /** The account's workflows; `search` is a part of the name. */
  list(query?: Query<'list_workflows'>, options?: RequestOptions): PagePromise<WorkflowSummary> {
    return this.paged({ method: 'GET', path: path`/workflows`, query, options });
  }

  /** One workflow with its newest definition. */
  get(workflowId: string, options?: RequestOptions): ApiPromise<Workflow> {
    return this.one({ method: 'GET', path: path`/workflows/${workflowId}`, options });
  }

  /**
   * Makes a workflow; it is a draft until it is published.
   *
   * @throws ValidationError - the definition is wrong; `details` lists everything that is.
   */
  create(body: Body<'create_workflow'>, options?: RequestOptions): ApiPromise<Workflow> {
    return this.one({ method: 'POST', path: path`/workflows`, body, options });
  }

  /**
   * Changes a workflow; what is not given stays. `status: 'published'` pins the present definition, `'draft'` takes the
   * workflow out of service.
   *
   * @throws ConflictError - the workflow has moved on from `ifMatch`.
   */
  update(workflowId: string, body: Body<'update_workflow'>, options?: RequestOptions & IfMatch): ApiPromise<Workflow> {
    const headers = ifMatchHeader(options);
    return this.one({ method: 'PATCH', path: path`/workflows/${workflowId}`, body, headers, options });
  }

  /** Puts the present definition in service. */
  publish(workflowId: string, options?: RequestOptions & IfMatch): ApiPromise<Workflow> {
    return this.update(workflowId, { status: 'published' }, options);
  }

  /** Deletes a workflow; runs under way finish. */
  delete(workflowId: string, options?: RequestOptions): ApiPromise<Deleted> {
    return this.one({ method: 'DELETE', path: path`/workflows/${workflowId}`, options });
  }

  /** Copies a workflow. */
  duplicate(workflowId: string, body: Body<'duplicate_workflow'> = {}, options?: RequestOptions): ApiPromise<Workflow> {
    return this.one({ method: 'POST', path: path`/workflows/${workflowId}/duplicate`, body, options });
  }

  /** Checks a definition without storing it; `problems` of the answer lists everything that is wrong. */
  validate(body: Body<'validate_workflow'>, options?: RequestOptions): ApiPromise<Validation> {
    return this.one({ method: 'POST', path: path`/workflows/validate`, body, options });
  }

  /** What starts the workflow: hook URLs, next scheduled times, last errors. */
  triggers(workflowId: string, query?: Query<'list_triggers'>, options?: RequestOptions): PagePromise<Trigger> {
    return this.paged({ method: 'GET', path: path`/workflows/${workflowId}/triggers`, query, options });
  }

  /** The next moments at which the published schedules start the workflow. */
  schedule(workflowId: string, options?: RequestOptions): ApiPromise<ScheduledTime[]> {
    return this.one({ method: 'GET', path: path`/workflows/${workflowId}/schedule`, options });
  }

  /** A workflow's runs, newest first; `from` and `to` (half-open) by their start. */
  executions(
    workflowId: string,
    query?: Query<'list_workflow_executions'>,
    options?: RequestOptions,
  ): PagePromise<ExecutionSummary> {
    return this.paged({ method: 'GET', path: path`/workflows/${workflowId}/executions`, query, options });
  }

  /**
   * Runs a workflow: its published version, else the draft, or the `version` that you name.
   *
   * @param parameters - `input`, `version`; `wait: true` follows the run to its end and gives all of it, within `timeout`
   *   milliseconds (default: 60,000).
   * @throws ExecutionFailedError - waited for, it failed; carries the failing node's message and a link to the logs.
   * @throws ExecutionCancelledError - waited for, it was cancelled.
   * @throws ExecutionTimeoutError - it goes on after `timeout`.
   */
  execute(workflowId: string, parameters?: ExecuteBody & NoWait, options?: RequestOptions): ApiPromise<StartedExecution>;
  execute(workflowId: string, parameters: ExecuteBody & Waiting, options?: RequestOptions): Promise<Execution>;
  execute(
    workflowId: string,
    { wait, timeout, ...body }: ExecuteBody & (NoWait | Waiting) = {},
    options?: RequestOptions,
  ): Promise<StartedExecution | Execution> {
    const request = { method: 'POST', path: path`/workflows/${workflowId}/execute`, body, options } as const;
    return wait ? started(this.transport, request, timeout) : this.one<StartedExecution>(request);
  }
}
