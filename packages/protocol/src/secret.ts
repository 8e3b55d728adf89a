/**
 * A value that must never be printed. Whatever turns it into text by accident (a template, JSON, a logger,
 * `util.inspect`) gets `[redacted]`; only `reveal()` gives the value, and is easy to search for.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Every call site is a place to review. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }
}

// Node's console and most loggers ask for this symbol; naming it costs nothing elsewhere.
Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value: (): string => '[redacted]',
})
