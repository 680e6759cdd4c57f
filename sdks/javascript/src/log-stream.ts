/** Reading a run's logs again and again, giving each entry once a state. */
import type { RequestOptions } from './options.js';
import { Page } from './page.js';
import { path, type ApiRequest } from './request.js';
import { sleep } from './retries.js';
import type { Transport } from './transport.js';
import type { Execution, LogEntry } from './types.js';
import { FIRST_POLL, isFinal, nextPoll } from './waiting.js';

/** A run's log entries as they come, until it has ended. */
export async function* follow(
  transport: Transport,
  executionId: string,
  options?: RequestOptions,
): AsyncGenerator<LogEntry, void, undefined> {
  const reader = new Reader(transport, executionId, options);
  const where = path`/executions/${executionId}`;
  for (let delay = FIRST_POLL; ; ) {
    // Asked before the logs are read: what is read after the end is all there will be.
    const run = (await transport.send({ method: 'GET', path: where, options })).data as Execution;
    const ended = isFinal(run.status);
    let found = false;
    for await (const entry of reader.news(ended)) {
      found = true;
      yield entry;
    }
    if (ended) return;
    delay = found ? FIRST_POLL : nextPoll(delay);
    await sleep(delay, options?.signal);
  }
}

/** Remembers what was given, and the first page that can still change. */
class Reader {
  readonly #transport: Transport;
  readonly #request: ApiRequest;
  readonly #seen = new Set<string>();
  #cursor: string | undefined;

  constructor(transport: Transport, executionId: string, options: RequestOptions | undefined) {
    this.#transport = transport;
    this.#request = { method: 'GET', path: path`/executions/${executionId}/logs`, options };
  }

  /**
   * Entries that are new, or whose state is.
   *
   * @param whole - read all pages, not only those that can still change: a slow node's entry comes late, and among those
   *   of nodes that started at the same time.
   */
  async *news(whole: boolean): AsyncGenerator<LogEntry, void, undefined> {
    const request = { ...this.#request, query: { limit: 100, cursor: whole ? undefined : this.#cursor } };
    const first = new Page<LogEntry>(this.#transport, request, await this.#transport.send(request));
    let settled = true;
    for await (const page of first.pages()) {
      for (const entry of page.data) {
        const key = JSON.stringify([entry.node_id, entry.scope, entry.attempt, entry.status]);
        if (this.#seen.has(key)) continue;
        this.#seen.add(key);
        yield entry;
      }
      settled &&= page.data.every((entry) => entry.status !== 'waiting');
      if (settled && page.nextCursor) this.#cursor = page.nextCursor;
    }
  }
}
