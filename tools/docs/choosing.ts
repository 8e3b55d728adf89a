// Writes docs/choosing.md from the advisor's questions and rules. Run it after a change of them:
// npm exec -- node --conditions=source tools/docs/choosing.ts

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Condition,
  cautions,
  type MethodRule,
  methodRules,
  methods,
  questions,
  type Remark,
  simpler,
} from '@countersign/client/advisor'
import { ROOT } from './markdown.ts'

export const CHOOSING_FILE = 'docs/choosing.md'

export function describeChoosing(): string {
  return `${INTRODUCTION}
## The methods

| method | how it travels | what it costs |
|---|---|---|
${Object.values(methods)
  .map(({ name, how, cost }) => `| **${name}** | ${how} | ${cost} |`)
  .join('\n')}

All of them hang in one credential tree and end the moment something above them is revoked, at every API that follows the feed. The choice is about delivery.

## The questions

${questions.map(({ text, why }, index) => `${index + 1}. **${text}** ${why}`).join('\n')}

## The rules

For each kind of caller the first rule that holds decides.

${tablesOfRules()}
## Wishes that pull apart

${cautions.map(describeRemark).join('\n')}

## Where less would do

Only where there is one kind of caller.

${simpler.map(describeRemark).join('\n')}
`
}

const INTRODUCTION = `<!-- Written by tools/docs/choosing.ts from the advisor's rules (packages/client/src/advisor). Change those. -->

# Choosing a method

\`\`\`bash
npm exec countersign advise
\`\`\`

asks ten questions and answers with a method for each kind of caller, the reason, what it costs, what was passed over, a configuration file and code to begin with. \`--explain\` shows every rule and which of them decided, \`--write\` writes \`countersign.config.json\`, \`--answers <file>\` reads the answers, and \`--json\` is for programs. Nothing is sent anywhere. In a program, \`advise\` of \`@countersign/client/advisor\` is the same.
`

function tablesOfRules(): string {
  const callers = questions.find(({ id }) => id === 'callers')?.choices ?? []
  return callers
    .map(({ id, label, means }) => {
      const rules = methodRules.filter(({ caller }) => caller === id)
      return `### ${label}\n\n${means}\n\n| when | method | why |\n|---|---|---|\n${rules.map(describeRule).join('\n')}\n`
    })
    .join('\n')
}

const describeRule = ({ when, method, reason }: MethodRule): string =>
  `| ${describeCondition(when)} | ${methods[method].name} | ${reason} |`

const describeRemark = ({ when, text }: Remark): string => `- *${describeCondition(when)}.* ${text}`

/** In the words of the questions' choices. */
function describeCondition(when: Condition): string {
  const parts = questions.flatMap(({ id, text, choices }) => {
    const wanted: readonly string[] | undefined = when[id]
    if (wanted === undefined) return []
    const labels = choices.flatMap((choice) => (wanted.includes(choice.id) ? [choice.label] : []))
    return [`${text} ${labels.join(' / ')}`]
  })
  return parts.length === 0 ? 'otherwise' : parts.join('; ')
}

if (import.meta.main) writeFileSync(join(ROOT, CHOOSING_FILE), describeChoosing())
