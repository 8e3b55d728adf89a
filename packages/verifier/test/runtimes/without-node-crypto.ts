// Loaded before tests: from here on the runtime looks like one that has no modules of Node.

Object.assign(process, { getBuiltinModule: undefined })
