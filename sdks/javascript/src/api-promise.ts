/** What methods give: a promise that also tells of the HTTP answer. */
import type { Answer } from './answers.js';

/** Await it for the data, or call {@link ApiPromise.withResponse} for all of the answer. */
export class ApiPromise<Data> implements Promise<Data> {
  readonly [Symbol.toStringTag] = 'ApiPromise';
  readonly #answer: Promise<Answer<Data>>;

  /** @internal */
  constructor(answer: Promise<Answer<Data>>) {
    this.#answer = answer;
  }

  /** The data with the HTTP answer: `response` (status, headers), `text`, `meta`, `requestId`. */
  withResponse(): Promise<Answer<Data>> {
    return this.#answer;
  }

  then<Kept = Data, Caught = never>(
    kept?: ((data: Data) => Kept | PromiseLike<Kept>) | null,
    caught?: ((reason: any) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    return this.#answer.then(({ data }) => data).then(kept, caught);
  }

  catch<Caught = never>(caught?: ((reason: any) => Caught | PromiseLike<Caught>) | null): Promise<Data | Caught> {
    return this.then(null, caught);
  }

  finally(done?: (() => void) | null): Promise<Data> {
    return this.then().finally(done);
  }
}
