import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { NodeType, Query } from '../types.js';

/** `client.nodeTypes` */
export class NodeTypes extends Resource {
  /** The types of nodes that workflows are made of, each with the JSON Schema of its parameters. */
  list(query?: Query<'list_node_types'>, options?: RequestOptions): PagePromise<NodeType> {
    return this.paged({ method: 'GET', path: path`/node-types`, query, options });
  }
}
