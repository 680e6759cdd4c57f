import type { ApiPromise } from '../api-promise.js';
import { failure } from '../answers.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Body, Deleted, Query, Submission, Upload } from '../types.js';

/** `client.submissions`, also `client.forms.submissions` */
export class Submissions extends Resource {
  /** What was sent, newest first; `from` and `to` (half-open) by the time it came. */
  list(
    formId: string,
    query?: Omit<Query<'list_submissions'>, 'format'>,
    options?: RequestOptions,
  ): PagePromise<Submission> {
    return this.paged({ method: 'GET', path: path`/forms/${formId}/submissions`, query, options });
  }

  /** All submissions as the text of a CSV file. */
  async exportCsv(
    formId: string,
    query?: Pick<Query<'list_submissions'>, 'from' | 'to'>,
    options?: RequestOptions,
  ): Promise<string> {
    const where = path`/forms/${formId}/submissions`;
    const exchange = await this.transport.exchange({
      method: 'GET',
      path: where,
      query: { ...query, format: 'csv' },
      options,
      follow: true,
    });
    if (!exchange.response.ok) throw failure(exchange);
    return exchange.text;
  }

  /** Sends a form; workflows that it triggers start. */
  create(formId: string, body: Body<'create_submission'>, options?: RequestOptions): ApiPromise<Submission> {
    return this.one({ method: 'POST', path: path`/forms/${formId}/submissions`, body, options });
  }

  /** Where a file for a field of type `file` is sent; the submission then names `upload_id` as the field's value. */
  createUpload(formId: string, body: Body<'create_upload'>, options?: RequestOptions): ApiPromise<Upload> {
    return this.one({ method: 'POST', path: path`/forms/${formId}/uploads`, body, options });
  }

  /** One submission. */
  get(formId: string, submissionId: string, options?: RequestOptions): ApiPromise<Submission> {
    return this.one({ method: 'GET', path: path`/forms/${formId}/submissions/${submissionId}`, options });
  }

  /** Deletes a submission. */
  delete(formId: string, submissionId: string, options?: RequestOptions): ApiPromise<Deleted> {
    return this.one({ method: 'DELETE', path: path`/forms/${formId}/submissions/${submissionId}`, options });
  }
}
