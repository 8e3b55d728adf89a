/** All pages by their address, and what surrounds each of them: texts, theme, data, and the dialogues that any page may open. */
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { AccountPages } from './account/account-pages.tsx'
import { queryClient } from './api/query-client.ts'
import { useT } from './i18n/messages.ts'
import { Speech, type SpeechProps } from './i18n/speech.tsx'
import { useKeptFocus } from './shell/kept-focus.ts'
import { NotFound } from './shell/not-found.tsx'
import { schemeManager } from './theme/scheme.ts'
import { toTheme } from './theme/theme.ts'
import { later } from './ui/later.tsx'
import { LoadingStatus } from './ui/loading.tsx'
import { PageSkeleton } from './ui/skeletons.tsx'
import { StepUpProvider } from './ui/step-up.tsx'
import { ToastProvider } from './ui/toast.tsx'

/** Only administrators need it. */
const ConsolePages = later(
  async () => (await import('./console/console-pages.tsx')).ConsolePages,
  <PageSkeleton />,
)

export function App({ first }: Pick<SpeechProps, 'first'>): ReactNode {
  return (
    <Speech first={first}>
      <Themed>
        <QueryClientProvider client={queryClient}>
          <ToastProvider>
            <StepUpProvider>
              <Pages />
              <LoadingStatus />
            </StepUpProvider>
          </ToastProvider>
        </QueryClientProvider>
      </Themed>
    </Speech>
  )
}

function Themed({ children }: { readonly children: ReactNode }): ReactNode {
  const { close } = useT().common
  const theme = useMemo(() => toTheme(close), [close])
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemeManager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  )
}

function Pages(): ReactNode {
  useKeptFocus()
  return (
    <Switch>
      <Route path="/account/:section?">{({ section }) => <AccountPages section={section} />}</Route>
      <Route path="/console/:section?/:item?">
        {({ section, item }) => <ConsolePages section={section} item={item} />}
      </Route>
      <Route path="/">
        <Redirect to="/account" />
      </Route>
      <Route component={NotFound} />
    </Switch>
  )
}
