import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { type Advice, type Answers, advise, parseAnswers, questions } from '@countersign/client/advisor'
import { loadConfig } from '@countersign/server'
import { askAll, readPick } from '../src/advice/ask.ts'
import { catalogue, isWord } from '../src/catalogue.ts'
import { UsageError } from '../src/failures.ts'
import { parseInput } from '../src/input.ts'
import { createStyle, type Terminal } from '../src/terminal.ts'
import { givenFolder, run, runJson } from './given.ts'

const ANSWERS = {
  callers: ['browser', 'service'],
  pages: 'one_site',
  apis: 'several',
  checker: 'verifier',
  revocation: 'at_once',
  outage: 'refuse',
  programs: 'exchange',
  assurance: 'regulated',
  joining: 'closed',
  load: 'nodes',
}

test('answers that cannot be read are exit code 2 and say what is wanted', async (t) => {
  const folder = await givenFolder(t)
  await writeFile(join(folder, 'half.json'), '{"callers": ["browser"]}')
  const wrong: [string[], string, RegExp][] = [
    [[], '', /nobody to ask here: give --answers/],
    [['--answers', 'none.json'], '', /cannot be read/],
    [['--answers', '-'], 'yes', /not JSON/],
    [['--answers', '-'], `"${'x'.repeat(70_000)}"`, /too long/],
    [['--answers', '-'], '{"callers": "ghost"}', /callers is answered wrongly\. It takes one or more of/],
    [['--answers', 'half.json'], '', /pages is not answered\. It takes one of: same_host, one_site/],
  ]
  for (const [args, stdin, sentence] of wrong) {
    const ran = await run(['advise', ...args], { stdin, cwd: folder })

    assert.equal(ran.code, 2, ran.stderr)
    assert.match(ran.stderr, sentence)
    assert.doesNotMatch(ran.stderr, /ghost|\n\s+at /)
    assert.equal(ran.stdout, '')
  }
})

test('it names a method for each caller, with the reason, the cost and what to set', async () => {
  const ran = await run(['advise', '--answers', '-'], { stdin: JSON.stringify(ANSWERS) })

  assert.equal(ran.code, 0, ran.stderr)
  assert.match(ran.stdout, /People in browsers: Session\n {2}Nothing to refresh/)
  assert.match(ran.stdout, /Our own programs: API key \+ JWT\n/)
  assert.match(ran.stdout, /COUNTERSIGN_DATABASE_FILE=/)
  assert.doesNotMatch(ran.stdout, /Rules/)
})

test('--explain shows every rule and marks those that decided', async () => {
  const ran = await run(['advise', '--answers', '-', '--explain'], { stdin: JSON.stringify(ANSWERS) })

  assert.match(ran.stdout, /✓ browser\.session {2}callers: browser {2}Session\./)
  assert.match(ran.stdout, /– browser\.outage {2}callers: browser, outage: go_on/)
  assert.match(ran.stdout, /– setting\.nobody_signs_up {2}always, unless callers: browser or app or site/)
})

test('--json answers with the advice and, explained, the rules behind it', async () => {
  const options = { stdin: JSON.stringify(ANSWERS) }

  const advice = await runJson<Advice & { rules: string[] }>(
    ['advise', '--answers', '-', '--explain'],
    options,
  )

  assert.deepEqual(
    advice.callers.map(({ method }) => method),
    ['session', 'api_key_jwt'],
  )
  assert.ok(advice.rules.includes('service.exchange'))
})

test('--write makes a configuration file, and never over one that is there', async (t) => {
  const folder = await givenFolder(t)
  const options = { stdin: JSON.stringify(ANSWERS), cwd: folder }

  const first = await run(['advise', '--answers', '-', '--write'], options)
  const second = await run(['advise', '--answers', '-', '--write'], options)

  assert.equal(first.code, 0, first.stderr)
  assert.equal(second.code, 2)
  assert.match(second.stderr, /already; nothing was written/)
  const written: unknown = JSON.parse(await readFile(join(folder, 'countersign.config.json'), 'utf8'))
  assert.deepEqual(written, JSON.parse(advise(toAnswers(ANSWERS)).configuration))
})

test('an authority accepts every configuration that is advised', async (t) => {
  const folder = await givenFolder(t)
  for (const configuration of advisedConfigurations()) {
    await writeFile(join(folder, 'countersign.config.json'), configuration)

    const read = await loadConfig({}, folder, [])

    assert.equal(read.ok, true, `${read.ok ? '' : read.mistakes.join('\n')}\n${configuration}`)
  }
})

test('every command that is advised is one that there is', async () => {
  const commands = new Set(advisedSnippets().filter((line) => line.startsWith('countersign ')))
  assert.ok(commands.size >= 3)
  for (const line of commands) {
    const [, word = '', verb = '', ...args] = line.split(' ')
    assert.ok(isWord(word), line)
    const command = (await catalogue[word]?.load())?.find(({ name }) => name === `${word} ${verb}`)

    assert.ok(command, line)
    parseInput(command, args)
  }
})

test('numbers and names pick a choice; anything else is asked for again', () => {
  const [callers, pages] = questions
  assert.ok(callers && pages)

  assert.deepEqual(readPick(callers, '3, 1'), ['browser', 'service'])
  assert.deepEqual(readPick(callers, 'app'), ['app'])
  for (const line of ['', '0', '6', '1 9', 'moon', '1.5']) assert.equal(readPick(callers, line), null, line)
  assert.equal(readPick(pages, '1,2'), null)
})

test('it asks one question after the other, again where the answer is none, and stops when all are answered', async () => {
  const { terminal, prompts, told, lines } = givenTypist(['9', '2', '1', '1', '1', '1', '3', '1', '1'])

  const answers = await askAll(terminal, prompts)

  assert.deepEqual(answers.callers, ['app'])
  assert.equal(answers.pages, undefined)
  assert.deepEqual(answers.assurance, ['everybody'])
  assert.ok(told.some((line) => /From 1 to 5, with commas/.test(line)))
  assert.deepEqual(lines, [])
})

test('input that ends in the middle is a mistake and no advice', async () => {
  const { terminal, prompts } = givenTypist(['1', '2'])

  await assert.rejects(askAll(terminal, prompts), UsageError)
})

function toAnswers(value: object): Answers {
  const parsed = parseAnswers(value)
  assert.ok(parsed.ok)
  return parsed.answers
}

/** One question changed at a time, and pairs of them: every rule for a setting decides in some. */
function* nearbyAnswers(): Generator<Answers> {
  for (const first of questions) {
    for (const { id: pick } of first.choices) {
      for (const second of questions) {
        for (const { id: other } of second.choices) {
          yield toAnswers({ ...ANSWERS, [first.id]: pick, [second.id]: other })
        }
      }
    }
  }
}

function advisedConfigurations(): ReadonlySet<string> {
  return new Set([...nearbyAnswers()].map((answers) => advise(answers).configuration))
}

function advisedSnippets(): readonly string[] {
  return [...nearbyAnswers()].flatMap((answers) =>
    advise(answers).snippets.flatMap(({ language, code }) => (language === 'bash' ? code.split('\n') : [])),
  )
}

interface Typist {
  readonly terminal: Terminal
  readonly prompts: Writable
  /** What was written for a person to read. */
  readonly told: readonly string[]
  /** Still to be typed, each when a prompt stands there. */
  readonly lines: string[]
}

function givenTypist(lines: string[]): Typist {
  const stdin = new PassThrough()
  const told: string[] = []
  const plain = createStyle(false)
  const tell = (line: string): void => void told.push(line)
  const prompts = new Writable({
    write: (chunk, _encoding, done) => {
      if (/umber.*: /.test(String(chunk))) {
        const line = lines.shift()
        if (line === undefined) stdin.end()
        else stdin.write(`${line}\n`)
      }
      done()
    },
  })
  const terminal: Terminal = {
    env: {},
    cwd: '.',
    stdin: stdin as unknown as NodeJS.ReadStream,
    out: tell,
    err: tell,
    isTty: false,
    json: false,
    style: plain,
    errStyle: plain,
  }
  return { terminal, prompts, told, lines }
}
