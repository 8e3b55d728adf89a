/** How the brand looks in both schemes, whichever the page itself is in. Nothing in it can be pressed. */
import type { SettingsResponse } from '@countersign/protocol'
import type { CSSProperties, ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Section } from '../ui/parts.tsx'
import css from './settings.module.css'
import { settingsTexts } from './texts.ts'

type Brand = SettingsResponse['brand']

export function BrandPreview({ brand }: { readonly brand: Brand }): ReactNode {
  const words = useTexts(settingsTexts)
  return (
    <Section title={words.brand} lead={words.brandLead}>
      <div className={css.previews}>
        {(['light', 'dark'] as const).map((scheme) => (
          <Preview key={scheme} brand={brand} scheme={scheme} />
        ))}
      </div>
    </Section>
  )
}

interface PreviewProps {
  readonly brand: Brand
  readonly scheme: 'light' | 'dark'
}

function Preview({ brand, scheme }: PreviewProps): ReactNode {
  const words = useTexts(settingsTexts)
  const { fill, soft, text } = brand[scheme]
  const shades: CSSProperties & Record<`--shown-${string}`, string> = {
    '--shown-fill': fill,
    '--shown-soft': soft,
    '--shown-text': text,
  }
  return (
    <figure className={css.preview} data-scheme={scheme} style={shades}>
      <figcaption>{words[scheme]}</figcaption>
      <div className={css.card}>
        <span className={css.name}>
          <img src="/assets/brand-logo" alt="" width={24} height={24} />
          {brand.name}
        </span>
        <strong>{words.exampleTitle}</strong>
        <span className={css.note}>{words.exampleNote}</span>
        <span className={css.text}>
          {words.exampleText} <span className={css.link}>{brand.name}</span>
        </span>
        <span className={css.button}>{words.exampleButton}</span>
      </div>
    </figure>
  )
}
