/** Every setting, found by a part of its name or its meaning. What it takes is said in the server's own words. */
import type { SettingShape } from '@countersign/protocol'
import { SegmentedControl, TextInput } from '@mantine/core'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { useSpeech, useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Chip, Empty, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import ui from '../ui/ui.module.css'
import { germanMeanings } from './german.ts'
import css from './settings.module.css'
import { settingsTexts } from './texts.ts'

export function SettingsList({ settings }: { readonly settings: readonly SettingShape[] }): ReactNode {
  const t = useT()
  const words = useTexts(settingsTexts)
  const [filters, setFilter] = useFilters()
  const [text, setText] = useState(filters.get('q') ?? '')
  const search = useDeferredValue(text).trim().toLowerCase()
  const isOnlyChanged = filters.get('set') === 'here'
  const found = settings.filter(
    (one) => (!isOnlyChanged || one.source !== 'default') && textOf(one).includes(search),
  )
  return (
    <>
      <div className={rows.filters}>
        <TextInput
          type="search"
          aria-label={t.console.search}
          placeholder={words.search}
          leftSection={<Icon name="search" size={16} />}
          value={text}
          maxLength={100}
          onChange={({ currentTarget: { value } }) => {
            setText(value)
            setFilter('q', value.trim())
          }}
        />
        <SegmentedControl
          aria-label={words.which}
          className={css.which ?? ''}
          data={[
            { value: 'all', label: words.every },
            { value: 'here', label: words.changed },
          ]}
          value={isOnlyChanged ? 'here' : 'all'}
          onChange={(value) => setFilter('set', value === 'here' ? 'here' : '')}
        />
      </div>
      <Section title={words.all} lead={words.count(found.length, settings.length)} isFlush>
        {found.length === 0 && (
          <Empty
            icon={search === '' ? 'check' : 'search'}
            title={search === '' ? words.noneChanged : words.none}
            text={search === '' ? words.noneChangedText : words.noneText}
          />
        )}
        <ul className={rows.list}>
          {found.map((one) => (
            <SettingRow key={one.key} setting={one} />
          ))}
        </ul>
      </Section>
    </>
  )
}

const textOf = ({ key, variables, meaning }: SettingShape): string =>
  [key, ...variables, meaning, germanMeanings[key] ?? ''].join(' ').toLowerCase()

/** A newer server may have settings that this page has no German for. */
function Meaning({ setting: { key, meaning } }: { readonly setting: SettingShape }): ReactNode {
  const { language } = useSpeech()
  const german = language === 'de' ? germanMeanings[key] : undefined
  return <p lang={german === undefined ? 'en' : 'de'}>{(german ?? meaning).replaceAll('`', '')}</p>
}

/** Settings that weaken something are named so, or take a value that is. */
const isDangerous = ({ key, value, source }: SettingShape): boolean =>
  source !== 'default' &&
  ((key.startsWith('dangerously') && value !== 'false') || value?.startsWith('dangerously') === true)

function SettingRow({ setting }: { readonly setting: SettingShape }): ReactNode {
  const words = useTexts(settingsTexts)
  const { variables, secret, source, value } = setting
  const isSet = source !== 'default'
  const shown = secret ? (isSet ? words.secretSet : words.secretUnset) : value
  return (
    <li className={css.setting}>
      <div className={css.about}>
        <code className={ui.mono}>{breakable(variables[0] ?? '')}</code>
        <Meaning setting={setting} />
        <small>
          {words.takes} <span lang="en">{setting.accepts.replaceAll('`', '')}</span>
        </small>
      </div>
      <div className={css.value} data-set={isSet}>
        <span className={ui.chips}>
          <Chip tone={isSet ? 'brand' : 'neutral'}>{words.sources[source]}</Chip>
          {isDangerous(setting) && <Chip tone="danger">{words.danger}</Chip>}
        </span>
        {secret ? <span>{shown}</span> : <code lang="en">{breakable(shown?.replaceAll('`', '') ?? '')}</code>}
        {isSet && (
          <small>
            {setting.set_in !== null && setting.set_in !== variables[0] && (
              <>{words.setIn(setting.set_in)} · </>
            )}
            {words.default}: <span lang="en">{setting.default.replaceAll('`', '')}</span>
          </small>
        )}
      </div>
    </li>
  )
}

/** May go to the next line after an underscore or a comma, so that no word of a name is broken. */
function breakable(text: string): ReactNode {
  const end = text.search(/(?<=[_,])(?=.)/)
  if (end === -1) return text
  return (
    <>
      {text.slice(0, end)}
      <wbr />
      {breakable(text.slice(end))}
    </>
  )
}
