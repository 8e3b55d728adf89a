/** The texts of the advisor's page; its questions and rules have theirs in the library, and in `german.ts`. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  title: 'Advisor',
  lead: 'Which method for which caller, why, what it costs, and what to set. Nothing is sent or changed; the address keeps your answers.',
  questions: 'Questions',
  questionsLead: 'Start with the first. The others have the simplest answer until you pick another.',
  nobody: 'Say who calls your API',
  nobodyText: 'Pick one or more kinds of caller. Each is given a method of its own, here, at once.',
  simpler: 'You may not need Countersign for this',
  methods: 'Methods',
  why: 'Why',
  cost: 'What it costs',
  passedOver: 'What else there is, and when to take it',
  caution: 'These wishes pull apart',
  settings: 'Settings',
  settingsLead: 'Names of example.com are there to be replaced.',
  environment: 'Environment',
  code: 'Code to begin with',
  codeLead: 'Copy it, and replace its names.',
}

export const advisorTexts: Texts<typeof en> = {
  en,
  de: {
    title: 'Ratgeber',
    lead: 'Welches Verfahren für wen, warum, zu welchem Preis, und was einzustellen ist. Nichts wird gesendet oder geändert; die Adresse behält Ihre Antworten.',
    questions: 'Fragen',
    questionsLead:
      'Beginnen Sie mit der ersten. Die anderen haben die einfachste Antwort, bis Sie eine andere wählen.',
    nobody: 'Sagen Sie, wer Ihre API aufruft',
    nobodyText: 'Wählen Sie eine oder mehrere Arten. Jede bekommt hier sofort ihr eigenes Verfahren.',
    simpler: 'Dafür brauchen Sie Countersign vielleicht nicht',
    methods: 'Verfahren',
    why: 'Warum',
    cost: 'Was es kostet',
    passedOver: 'Was es sonst gibt, und wann es passt',
    caution: 'Diese Wünsche widersprechen sich',
    settings: 'Einstellungen',
    settingsLead: 'Namen mit example.com sind zu ersetzen.',
    environment: 'Umgebung',
    code: 'Code für den Anfang',
    codeLead: 'Kopieren und die Namen ersetzen.',
  },
}
