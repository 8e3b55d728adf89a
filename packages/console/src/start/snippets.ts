/** The smallest request that a key can make, in three ways that need nothing but what is there already. */

export const snippetLanguages = ['curl', 'JavaScript', 'Python'] as const
export type SnippetLanguage = (typeof snippetLanguages)[number]

export function firstRequest(language: SnippetLanguage, origin: string, key: string): string {
  switch (language) {
    case 'curl':
      return `curl -H 'X-API-Key: ${key}' ${origin}/v1/me`
    case 'JavaScript':
      return `const answer = await fetch('${origin}/v1/me', {
  headers: { 'X-API-Key': '${key}' },
})
console.log(answer.status, await answer.json())`
    case 'Python':
      return `import urllib.request

request = urllib.request.Request("${origin}/v1/me", headers={"X-API-Key": "${key}"})
print(urllib.request.urlopen(request).read().decode())`
  }
}
