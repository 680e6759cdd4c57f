/**
 * What can go wrong.
 *
 *     YourAppError
 *     ├── ConfigurationError             the client was set up wrongly, or an id is empty
 *     ├── APIError                       the API answered with an error: .code, .status, .details, .requestId
 *     │   ├── ValidationError            400  VALIDATION_ERROR: .details lists every problem
 *     │   ├── AuthenticationError        401  UNAUTHORIZED
 *     │   ├── PermissionDeniedError      403  FORBIDDEN
 *     │   ├── NotFoundError              404  NOT_FOUND
 *     │   ├── ConflictError              409  CONFLICT
 *     │   ├── PayloadTooLargeError       413  PAYLOAD_TOO_LARGE
 *     │   ├── UnsupportedMediaTypeError  415  UNSUPPORTED_MEDIA_TYPE
 *     │   ├── RateLimitError             429  RATE_LIMITED: .retryAfter in seconds
 *     │   └── ServerError                5xx  INTERNAL_ERROR
 *     ├── InvalidResponseError           the answer is none of the API
 *     ├── APIConnectionError             no answer came: .cause is what fetch said
 *     │   └── APITimeoutError            not in time
 *     ├── ExecutionError                 a run that was waited for did not complete: .executionId, .logsUrl
 *     │   ├── ExecutionFailedError       .nodeId, .nodeMessage, .execution
 *     │   ├── ExecutionCancelledError    .execution
 *     │   └── ExecutionTimeoutError      it goes on; it was only waited for no longer
 *     └── WebhookVerificationError       a webhook that must not be trusted
 *
 * A request that your own AbortSignal ends rejects with the signal's reason, as fetch does.
 */
import type { ErrorCode, Execution, Problem } from './types.js';

/** The root of all errors of this package. */
export class YourAppError extends Error {
  override name = 'YourAppError';
}

/** The client was set up wrongly, or asked for something that cannot be. */
export class ConfigurationError extends YourAppError {
  override name = 'ConfigurationError';
}

/** What an answer that tells of an error holds. */
export interface ErrorAnswer {
  status: number;
  headers: Headers;
  code: ErrorCode | undefined;
  message: string;
  details: unknown;
}

/** The API answered with an error. */
export class APIError extends YourAppError {
  override name = 'APIError';
  /** The HTTP status. */
  readonly status: number;
  /** The API's code, such as `NOT_FOUND`; undefined when the answer was not the API's own. */
  readonly code: ErrorCode | undefined;
  /** What more the API tells; its form depends on the code. */
  readonly details: unknown;
  /** Names the request; quote it when you ask for help. */
  readonly requestId: string | undefined;
  /** The answer's headers. */
  readonly headers: Headers;

  constructor({ status, headers, code, message, details }: ErrorAnswer) {
    const requestId = headers.get('x-request-id') ?? undefined;
    super(`${code ?? 'HTTP'} (${status}): ${message}${requestId ? ` [request ${requestId}]` : ''}`);
    this.status = status;
    this.code = code;
    this.details = details;
    this.requestId = requestId;
    this.headers = headers;
  }
}

/** The request is wrong. */
export class ValidationError extends APIError {
  override name = 'ValidationError';
  /** Every problem that the API found. */
  declare readonly details: Problem[];

  constructor(answer: ErrorAnswer) {
    const problems = Array.isArray(answer.details) ? (answer.details as Problem[]) : [];
    const told = problems.length > 1 ? problems.map(({ path, message }) => `\n  ${path || '(body)'}: ${message}`).join('') : '';
    super({ ...answer, message: answer.message + told, details: problems });
  }
}

/** The API key is missing, wrong, expired or revoked. */
export class AuthenticationError extends APIError {
  override name = 'AuthenticationError';
}

/** The API key lacks a scope. */
export class PermissionDeniedError extends APIError {
  override name = 'PermissionDeniedError';
}

/** There is no such thing in this account. */
export class NotFoundError extends APIError {
  override name = 'NotFoundError';
}

/** The request does not fit the present state: it moved on, is in use, or a limit is reached. */
export class ConflictError extends APIError {
  override name = 'ConflictError';
}

/** The request is larger than the API takes. */
export class PayloadTooLargeError extends APIError {
  override name = 'PayloadTooLargeError';
}

/** The request's content type is not JSON. */
export class UnsupportedMediaTypeError extends APIError {
  override name = 'UnsupportedMediaTypeError';
}

/** Too many requests. */
export class RateLimitError extends APIError {
  override name = 'RateLimitError';
  /** Seconds until it makes sense to try again; undefined when the API does not tell. */
  readonly retryAfter: number | undefined;

  constructor(answer: ErrorAnswer, retryAfter?: number) {
    super(answer);
    this.retryAfter = retryAfter;
  }
}

/** Something went wrong on the API's side. */
export class ServerError extends APIError {
  override name = 'ServerError';
}

/** The answer is none that this package understands (a proxy's page, perhaps). */
export class InvalidResponseError extends YourAppError {
  override name = 'InvalidResponseError';
  readonly status: number;
  readonly requestId: string | undefined;

  constructor(message: string, response: Response) {
    super(message);
    this.status = response.status;
    this.requestId = response.headers.get('x-request-id') ?? undefined;
  }
}

/** No answer came: no connection, or it broke. `cause` is what fetch said. */
export class APIConnectionError extends YourAppError {
  override name = 'APIConnectionError';
}

/** No answer came in time. */
export class APITimeoutError extends APIConnectionError {
  override name = 'APITimeoutError';
}

/** A run that was waited for did not complete. */
export class ExecutionError extends YourAppError {
  override name = 'ExecutionError';

  constructor(
    message: string,
    /** The run. */
    readonly executionId: string,
    /** Where its logs are: a URL of the API. */
    readonly logsUrl: string,
  ) {
    super(`${message} (logs: ${logsUrl})`);
  }
}

/** The run failed. */
export class ExecutionFailedError extends ExecutionError {
  override name = 'ExecutionFailedError';
  /** The node that failed; undefined when none did (the run's own time was up, for example). */
  readonly nodeId: string | undefined;
  /** What that node said. */
  readonly nodeMessage: string;
  /** The kind of error, such as `TIMEOUT`. */
  readonly errorType: string | undefined;

  constructor(
    /** The whole run. */
    readonly execution: Execution,
    logsUrl: string,
  ) {
    const { id, error } = execution;
    const said = error?.message ?? 'no reason is known';
    super(`Execution ${id} failed${error?.node_id ? ` at node "${error.node_id}"` : ''}: ${said}`, id, logsUrl);
    this.nodeId = error?.node_id ?? undefined;
    this.nodeMessage = said;
    this.errorType = error?.type;
  }
}

/** The run was cancelled. */
export class ExecutionCancelledError extends ExecutionError {
  override name = 'ExecutionCancelledError';

  constructor(
    /** The whole run. */
    readonly execution: Execution,
    logsUrl: string,
  ) {
    super(`Execution ${execution.id} was cancelled`, execution.id, logsUrl);
  }
}

/** The run had not ended when the time to wait was over. It goes on. */
export class ExecutionTimeoutError extends ExecutionError {
  override name = 'ExecutionTimeoutError';

  constructor(
    executionId: string,
    /** The last status that was seen. */
    readonly status: string,
    timeout: number,
    logsUrl: string,
  ) {
    super(`Execution ${executionId} is still ${status} after ${timeout} ms`, executionId, logsUrl);
  }
}

/** The webhook's signature, time or form is not right: do not act on it. */
export class WebhookVerificationError extends YourAppError {
  override name = 'WebhookVerificationError';
}
