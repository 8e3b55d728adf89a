// The types of preflight.js for its test; the file itself stays plain JavaScript so that any Node can run it.

export declare function findProblem(
  root: string,
  running: { version: string; platform: string; arch: string; musl: boolean; npm: boolean },
): string | undefined
