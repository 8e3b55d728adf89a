/** The fields that few clients need. What they may be together, the authority says; each tells its own mistake. */
import {
  assuranceLevels,
  type ClientGrantType,
  type ClientShape,
  clientGrantTypes,
  clientProfiles,
  subjectTypes,
} from '@countersign/protocol'
import { Checkbox, Input, Select, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import keyCss from '../keys/keys.module.css'
import css from '../ui/ui.module.css'
import { JwksField } from './jwks-field.tsx'
import { moreTexts } from './more-texts.ts'
import { clientTexts } from './texts.ts'
import { UriLines } from './uri-lines.tsx'

/** What these fields set, as it stands in the client. */
export type MoreSettings = Pick<
  ClientShape,
  | 'profile'
  | 'dpop_bound_access_tokens'
  | 'grant_types'
  | 'post_logout_redirect_uris'
  | 'backchannel_logout_uri'
  | 'jwks'
  | 'jwks_uri'
  | 'logo_uri'
  | 'policy_uri'
  | 'tos_uri'
  | 'assurance'
  | 'subject_type'
  | 'sector_identifier_uri'
>

export interface MoreFieldsProps {
  readonly value: MoreSettings
  readonly hasPeople: boolean
  /** What the authority has said against a field of that name. */
  readonly mistakeOf: (field: keyof MoreSettings) => string | undefined
  readonly onChange: (part: Partial<MoreSettings>) => void
}

export function MoreFields(props: MoreFieldsProps): ReactNode {
  const words = useTexts(moreTexts)
  const { value, mistakeOf, hasPeople, onChange } = props
  return (
    <details>
      <summary>{words.more}</summary>
      <div className={css.stack}>
        <GrantTypes value={value.grant_types} onChange={(grant_types) => onChange({ grant_types })} />
        {hasPeople && <PeopleFields {...props} />}
        {value.grant_types.some((grant) => grant !== 'client_credentials') && <SubjectFields {...props} />}
        <Select
          label={words.profile}
          description={words.profileHint}
          data={[...clientProfiles]}
          value={value.profile}
          error={mistakeOf('profile')}
          allowDeselect={false}
          onChange={(picked) =>
            onChange({ profile: clientProfiles.find((one) => one === picked) ?? value.profile })
          }
        />
        <Checkbox
          label={words.dpop}
          description={words.dpopHint}
          checked={value.dpop_bound_access_tokens}
          error={mistakeOf('dpop_bound_access_tokens')}
          onChange={(event) => onChange({ dpop_bound_access_tokens: event.currentTarget.checked })}
        />
        <Link field="jwks_uri" label={words.jwksUri} hint={words.jwksUriHint} {...props} />
        <JwksField value={value.jwks} error={mistakeOf('jwks')} onChange={(jwks) => onChange({ jwks })} />
      </div>
    </details>
  )
}

/** Only where somebody signs in. */
function PeopleFields(props: MoreFieldsProps): ReactNode {
  const words = useTexts(moreTexts)
  const { value, mistakeOf, onChange } = props
  return (
    <>
      <Select
        label={words.assurance}
        description={words.assuranceHint}
        placeholder={words.assuranceNone}
        data={assuranceLevels.map((level) => ({ value: level, label: words.levels[level] }))}
        value={value.assurance}
        error={mistakeOf('assurance')}
        clearable
        onChange={(picked) => onChange({ assurance: assuranceLevels.find((one) => one === picked) ?? null })}
      />
      <Link field="logo_uri" label={words.logo} hint={words.logoHint} {...props} />
      <Link field="policy_uri" label={words.policy} hint={words.policyHint} {...props} />
      <Link field="tos_uri" label={words.terms} hint={words.termsHint} {...props} />
      <UriLines
        label={words.postLogout}
        hint={words.postLogoutHint}
        placeholder="https://app.example.com/goodbye"
        value={value.post_logout_redirect_uris}
        error={mistakeOf('post_logout_redirect_uris')}
        onChange={(uris) => onChange({ post_logout_redirect_uris: [...uris] })}
      />
      <Link
        field="backchannel_logout_uri"
        label={words.backchannel}
        hint={words.backchannelHint}
        {...props}
      />
    </>
  )
}

/** Also where it is told of people by others: on devices, and where it goes on with somebody's token. */
function SubjectFields(props: MoreFieldsProps): ReactNode {
  const words = useTexts(moreTexts)
  const { value, mistakeOf, onChange } = props
  return (
    <>
      <Select
        label={words.subject}
        description={words.subjectHint}
        data={subjectTypes.map((type) => ({ value: type, label: words.subjects[type] }))}
        value={value.subject_type}
        error={mistakeOf('subject_type')}
        allowDeselect={false}
        onChange={(picked) =>
          onChange({ subject_type: subjectTypes.find((one) => one === picked) ?? value.subject_type })
        }
      />
      <Link field="sector_identifier_uri" label={words.sector} hint={words.sectorHint} {...props} />
    </>
  )
}

interface LinkProps extends Omit<MoreFieldsProps, 'hasPeople'> {
  readonly field:
    | 'backchannel_logout_uri'
    | 'jwks_uri'
    | 'logo_uri'
    | 'policy_uri'
    | 'tos_uri'
    | 'sector_identifier_uri'
  readonly label: string
  readonly hint: string
}

/** An empty field is none. */
function Link({ field, label, hint, value, mistakeOf, onChange }: LinkProps): ReactNode {
  return (
    <TextInput
      label={label}
      description={hint}
      type="url"
      placeholder="https://"
      value={value[field] ?? ''}
      error={mistakeOf(field)}
      maxLength={500}
      spellCheck={false}
      onChange={(event) => {
        const text = event.currentTarget.value.trim()
        onChange({ [field]: text === '' ? null : text })
      }}
    />
  )
}

interface GrantTypesProps {
  readonly value: readonly ClientGrantType[]
  readonly onChange: (value: ClientGrantType[]) => void
}

function GrantTypes({ value, onChange }: GrantTypesProps): ReactNode {
  const words = useTexts(clientTexts)
  const toggle = (grant: ClientGrantType): void =>
    onChange(clientGrantTypes.filter((one) => value.includes(one) !== (one === grant)))
  return (
    <Input.Wrapper label={words.grants}>
      <fieldset className={keyCss.group} aria-label={words.grants}>
        {clientGrantTypes.map((grant) => (
          <label key={grant} className={keyCss.choice}>
            <input type="checkbox" checked={value.includes(grant)} onChange={() => toggle(grant)} />
            <span>{words.grantTypes[grant]}</span>
          </label>
        ))}
      </fieldset>
    </Input.Wrapper>
  )
}
