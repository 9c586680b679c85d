/**
 * Some bytes of one message, as they came in one chunk. `frame`: of a WebSocket message with all of its fragments, and
 * the control frames between those. `http`: of a request or an answer, head and body. `opaque`: nobody can tell where
 * messages begin and end, from here to the end of the stream.
 */
export interface Piece {
  readonly kind: 'frame' | 'http' | 'opaque';
  readonly bytes: Buffer;
  /** The message ends with these bytes. */
  readonly ends: boolean;
}

/** Cuts one direction of a connection into messages, however it is chunked. The pieces are the chunk, whole. */
export type Splitter = (chunk: Buffer) => readonly Piece[];
