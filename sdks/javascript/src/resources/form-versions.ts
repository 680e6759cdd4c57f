import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { FormVersion, FormVersionSummary, Query } from '../types.js';

/** `client.forms.versions` */
export class FormVersions extends Resource {
  /** How a form was before, newest first. */
  list(formId: string, query?: Query<'list_form_versions'>, options?: RequestOptions): PagePromise<FormVersionSummary> {
    return this.paged({ method: 'GET', path: path`/forms/${formId}/versions`, query, options });
  }

  /** One version with its fields. */
  get(formId: string, version: number, options?: RequestOptions): ApiPromise<FormVersion> {
    return this.one({ method: 'GET', path: path`/forms/${formId}/versions/${version}`, options });
  }
}
