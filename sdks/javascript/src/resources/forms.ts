import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Transport } from '../transport.js';
import type { Body, Deleted, Form, FormSummary, Query } from '../types.js';
import { FormVersions } from './form-versions.js';
import { Submissions } from './submissions.js';
import { ifMatchHeader, type IfMatch } from './if-match.js';

/** `client.forms` */
export class Forms extends Resource {
  readonly submissions: Submissions;
  readonly versions: FormVersions;

  /** @internal */
  constructor(transport: Transport) {
    super(transport);
    this.submissions = new Submissions(transport);
    this.versions = new FormVersions(transport);
  }

  /** The account's forms. */
  list(query?: Query<'list_forms'>, options?: RequestOptions): PagePromise<FormSummary> {
    return this.paged({ method: 'GET', path: path`/forms`, query, options });
  }

  /** One form with its fields. */
  get(formId: string, options?: RequestOptions): ApiPromise<Form> {
    return this.one({ method: 'GET', path: path`/forms/${formId}`, options });
  }

  /** Makes a form; `url` of the answer is its hosted page. */
  create(body: Body<'create_form'>, options?: RequestOptions): ApiPromise<Form> {
    return this.one({ method: 'POST', path: path`/forms`, body, options });
  }

  /**
   * Changes a form; what is not given stays.
   *
   * @throws ConflictError - the form has moved on from `ifMatch`.
   */
  update(formId: string, body: Body<'update_form'>, options?: RequestOptions & IfMatch): ApiPromise<Form> {
    return this.one({ method: 'PATCH', path: path`/forms/${formId}`, body, headers: ifMatchHeader(options), options });
  }

  /**
   * Deletes a form with its submissions.
   *
   * @param query - `force`: also one that a published workflow starts on.
   */
  delete(formId: string, query?: Query<'delete_form'>, options?: RequestOptions): ApiPromise<Deleted> {
    return this.one({ method: 'DELETE', path: path`/forms/${formId}`, query, options });
  }
}
