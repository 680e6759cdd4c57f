import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Body, Evaluation } from '../types.js';

/** `client.expressions` */
export class Expressions extends Resource {
  /** Tries an expression, as a workflow's nodes have them. */
  evaluate(body: Body<'evaluate_expression'>, options?: RequestOptions): ApiPromise<Evaluation> {
    return this.one({ method: 'POST', path: path`/expressions/evaluate`, body, options });
  }
}
