/** Following a run to its end. */
import { ExecutionCancelledError, ExecutionFailedError, ExecutionTimeoutError } from './errors.js';
import type { RequestOptions } from './options.js';
import { path, type ApiRequest } from './request.js';
import { sleep } from './retries.js';
import type { Transport } from './transport.js';
import type { Execution, ExecutionStatus, StartedExecution } from './types.js';

/** Start and do not wait. */
export interface NoWait {
  wait?: false;
  timeout?: never;
}

/** Start and follow to the end. */
export interface Waiting {
  wait: true;
  /** Milliseconds to wait at most. Default: 60,000. */
  timeout?: number;
}

export interface WaitParameters {
  /** Milliseconds to wait at most. Default: 60,000. */
  timeout?: number;
  /** `false`: give a failed or cancelled run back like any other. */
  throwOnFailure?: boolean;
}

const DEFAULT_WAIT = 60_000;

/** Seconds that the API is asked to hold its answer back for (it does so for 25 at most). */
const LONGEST_SERVER_WAIT = 20;

export const FIRST_POLL = 500;
const LONGEST_POLL = 5_000;

/** The pause after this one: half as long again, up to 5 s, so that a long run costs few requests. */
export function nextPoll(delay: number): number {
  return Math.min(LONGEST_POLL, delay * 1.5);
}

export function isFinal(status: ExecutionStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Sends a request that starts a run, and follows that to its end. */
export async function started(transport: Transport, request: ApiRequest, timeout = DEFAULT_WAIT): Promise<Execution> {
  const end = Date.now() + timeout;
  const seconds = Math.max(0, Math.min(LONGEST_SERVER_WAIT, Math.floor(timeout / 1000)));
  const headers = seconds > 0 ? { Prefer: `wait=${seconds}` } : undefined;
  const { data } = await transport.send({ ...request, headers, extraTime: seconds * 1000 });
  const run = data as StartedExecution | Execution;
  if (!('execution_id' in run)) return ended(transport, run);
  return poll(transport, run.execution_id, { end, timeout }, request.options);
}

/** Follows a run to its end. */
export async function untilEnd(
  transport: Transport,
  executionId: string,
  { timeout = DEFAULT_WAIT, throwOnFailure = true }: WaitParameters = {},
  options?: RequestOptions,
): Promise<Execution> {
  const end = Date.now() + timeout;
  return poll(transport, executionId, { end, timeout, throwOnFailure }, options);
}

async function poll(
  transport: Transport,
  executionId: string,
  { end, timeout, throwOnFailure = true }: { end: number; timeout: number; throwOnFailure?: boolean },
  given: RequestOptions = {},
): Promise<Execution> {
  // The name of the POST is not one of these GETs.
  const { idempotencyKey: _, ...options } = given;
  const where = path`/executions/${executionId}`;
  for (let delay = FIRST_POLL; ; delay = nextPoll(delay)) {
    const run = (await transport.send({ method: 'GET', path: where, options })).data as Execution;
    if (isFinal(run.status)) return throwOnFailure ? ended(transport, run) : run;
    const left = end - Date.now();
    if (left <= 0) throw new ExecutionTimeoutError(executionId, run.status, timeout, logsUrl(transport, executionId));
    await sleep(Math.min(delay, left), options.signal);
  }
}

function ended(transport: Transport, run: Execution): Execution {
  if (run.status === 'failed') throw new ExecutionFailedError(run, logsUrl(transport, run.id));
  if (run.status === 'cancelled') throw new ExecutionCancelledError(run, logsUrl(transport, run.id));
  return run;
}

function logsUrl(transport: Transport, executionId: string): string {
  return transport.baseUrl + path`/executions/${executionId}/logs`;
}
