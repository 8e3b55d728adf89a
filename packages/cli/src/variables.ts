/** Environment variables that belong to the command line, which the server's settings must not take for mistakes. */

export const URL_VARIABLE = 'COUNTERSIGN_URL'
export const API_KEY = 'COUNTERSIGN_API_KEY'
export const API_KEY_FILE = 'COUNTERSIGN_API_KEY_FILE'

export const cliVariables: readonly string[] = [URL_VARIABLE, API_KEY, API_KEY_FILE]
