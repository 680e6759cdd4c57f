import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Query, Workflow, WorkflowVersion, WorkflowVersionSummary } from '../types.js';

/** `client.workflows.versions` */
export class WorkflowVersions extends Resource {
  /** A workflow's versions, newest first. */
  list(workflowId: string, query?: Query<'list_versions'>, options?: RequestOptions): PagePromise<WorkflowVersionSummary> {
    return this.paged({ method: 'GET', path: path`/workflows/${workflowId}/versions`, query, options });
  }

  /** One version with its definition. */
  get(workflowId: string, version: number, options?: RequestOptions): ApiPromise<WorkflowVersion> {
    return this.one({ method: 'GET', path: path`/workflows/${workflowId}/versions/${version}`, options });
  }

  /** Makes the definition of a version the newest one again. */
  restore(workflowId: string, version: number, options?: RequestOptions): ApiPromise<Workflow> {
    return this.one({ method: 'POST', path: path`/workflows/${workflowId}/versions/${version}/restore`, options });
  }
}
