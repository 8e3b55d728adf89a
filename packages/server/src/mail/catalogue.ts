/**
 * The texts of mail, as a type: a language that lacks one of them does not compile. Texts hold nothing that somebody
 * has typed in, or a sign-up under a name of choice would make this server send its advertisement.
 */
import type { LinkKind, Locale, NoticeKind } from '@countersign/core'
import { de } from './de.ts'
import { en } from './en.ts'

export interface NoticeText {
  readonly subject: string
  /** What has happened, in a sentence or two. */
  readonly what: string
  /** In place of what to do about other notices. */
  readonly advice?: string
  /** In place of what the link does by which its reader says that it was not them. */
  readonly undo?: string
}

export interface LinkText extends NoticeText {
  /** What the link is called. */
  readonly action: string
  /** For whoever has not asked for it. */
  readonly unasked: string
}

export interface Catalogue {
  /** How `Intl` knows the language. */
  readonly language: string
  readonly greeting: string
  readonly notices: { readonly [K in NoticeKind]: (brand: string) => NoticeText }
  readonly links: { readonly [K in LinkKind]: (brand: string) => LinkText }
  /** What the link is called by which the owner says so, and what it does. */
  readonly notMe: { readonly action: string; readonly advice: string }
  readonly lifetime: (count: number, unit: 'minutes' | 'hours' | 'days') => string
  readonly facts: { readonly [K in 'when' | 'program' | 'device' | 'address']: string }
  /** What to do about a notice that surprises. */
  readonly notYou: string
  readonly footer: (brand: string) => string
  readonly test: (brand: string) => NoticeText
}

export const catalogues: { readonly [L in Locale]: Catalogue } = { en, de }
