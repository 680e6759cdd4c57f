import type { ApiPromise } from '../api-promise.js';
import { follow } from '../log-stream.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Body, Execution, ExecutionSummary, LogEntry, Query, StartedExecution } from '../types.js';
import { started, untilEnd, type NoWait, type WaitParameters, type Waiting } from '../waiting.js';

type RetryBody = Body<'retry_execution'>;

/** `client.executions`: runs of workflows. */
export class Executions extends Resource {
  /** The account's runs, newest first; `from` and `to` (half-open) by their start. */
  list(query?: Query<'list_executions'>, options?: RequestOptions): PagePromise<ExecutionSummary> {
    return this.paged({ method: 'GET', path: path`/executions`, query, options });
  }

  /** One run with its input, output and logs. */
  get(executionId: string, options?: RequestOptions): ApiPromise<Execution> {
    return this.one({ method: 'GET', path: path`/executions/${executionId}`, options });
  }

  /**
   * Stops what has not started.
   *
   * @throws ConflictError - the run has ended already.
   */
  cancel(executionId: string, options?: RequestOptions): ApiPromise<Execution> {
    return this.one({ method: 'POST', path: path`/executions/${executionId}/cancel`, options });
  }

  /**
   * Runs again, taking over the results of the nodes that succeeded.
   *
   * @param parameters - `from_node`: run this node and all behind it again, whatever they did; `version`; `wait` and
   *   `timeout` as for `client.workflows.execute`.
   */
  retry(executionId: string, parameters?: RetryBody & NoWait, options?: RequestOptions): ApiPromise<StartedExecution>;
  retry(executionId: string, parameters: RetryBody & Waiting, options?: RequestOptions): Promise<Execution>;
  retry(
    executionId: string,
    { wait, timeout, ...body }: RetryBody & (NoWait | Waiting) = {},
    options?: RequestOptions,
  ): Promise<StartedExecution | Execution> {
    const request = { method: 'POST', path: path`/executions/${executionId}/retry`, body, options } as const;
    return wait ? started(this.transport, request, timeout) : this.one<StartedExecution>(request);
  }

  /** A run's logs so far: one entry a node, in the order of their starts. */
  logs(executionId: string, query?: Query<'list_logs'>, options?: RequestOptions): PagePromise<LogEntry> {
    return this.paged({ method: 'GET', path: path`/executions/${executionId}/logs`, query, options });
  }

  /**
   * A run's logs as they come, until it has ended: `for await (const entry of client.executions.streamLogs(id))`.
   *
   * An entry comes when its node is done, and once before that when the node waits for something.
   */
  streamLogs(executionId: string, options?: RequestOptions): AsyncGenerator<LogEntry, void, undefined> {
    return follow(this.transport, executionId, options);
  }

  /**
   * Follows a run to its end.
   *
   * @param parameters - `timeout` in milliseconds (default: 60,000); `throwOnFailure: false` gives a failed or cancelled
   *   run back like any other.
   * @throws ExecutionFailedError - it failed; carries the failing node's message and a link to the logs.
   * @throws ExecutionCancelledError - it was cancelled.
   * @throws ExecutionTimeoutError - it goes on after `timeout`.
   */
  wait(executionId: string, parameters?: WaitParameters, options?: RequestOptions): Promise<Execution> {
    return untilEnd(this.transport, executionId, parameters, options);
  }

  /** A run's output, also one over 1 MB, which `get` only links to. */
  async output(executionId: string, options?: RequestOptions): Promise<unknown> {
    const { output } = await this.get(executionId, options);
    if (!isLink(output)) return output;
    return JSON.parse(await this.transport.fetchLink(output.$ref, options?.signal)) as unknown;
  }
}

function isLink(output: unknown): output is { $ref: string; size: number } {
  if (typeof output !== 'object' || output === null) return false;
  return Object.keys(output).sort().join() === '$ref,size' && typeof (output as { $ref: unknown }).$ref === 'string';
}
