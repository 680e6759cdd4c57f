/** Guards a change against another one that came first. */
export interface IfMatch {
  /** The version that you saw last: when it has moved on, nothing is changed and a ConflictError tells so. */
  ifMatch?: number;
}

/** The header that says so (RFC 9110). */
export function ifMatchHeader(options?: IfMatch): Record<string, string> | undefined {
  return options?.ifMatch === undefined ? undefined : { 'If-Match': String(options.ifMatch) };
}
