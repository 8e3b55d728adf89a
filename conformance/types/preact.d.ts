/**
 * Stands in for the types of preact, which those of @auth/core name for its own pages. The real ones bring the types of
 * a browser into every room, where `fetch` and `Request` would no longer be those of Node.
 */
export declare namespace JSX {
  export type Element = unknown
}
