/** The person at the foot of the side: appearance, language, and the way out. */
import { Button, Popover, SegmentedControl, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { languages, useSpeech } from '../i18n/messages.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { leaveSignedOut } from './leave.ts'
import { useMe } from './me.ts'
import css from './shell.module.css'

const SCHEMES = [
  { value: 'light', icon: 'sun' },
  { value: 'dark', icon: 'moon' },
  { value: 'auto', icon: 'desktop' },
] as const satisfies readonly { value: string; icon: IconName }[]

export function UserMenu(): ReactNode {
  const { t, language, choose } = useSpeech()
  const { principal } = useMe()
  // Switching them off for the change would write a style tag, which the policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const signOut = useSignOut()
  const name = principal.name ?? principal.email ?? principal.id
  return (
    <Popover position="top-start" width={248} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={css.user} aria-label={t.shell.userMenu(name)}>
          <span className={css.initial} aria-hidden>
            {[...name][0]?.toUpperCase()}
          </span>
          <span className={css.who}>
            <strong>{name}</strong>
            {principal.name !== null && principal.email !== undefined && <small>{principal.email}</small>}
          </span>
          <Icon name="dots" size={16} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.shell.userMenu(name)}>
        <div className={css.menu}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t.shell.theme}
            value={colorScheme}
            data={SCHEMES.map(({ value, icon }) => ({
              value,
              label: (
                <span className={css.choice}>
                  <Icon name={icon} size={15} />
                  {t.shell[value === 'auto' ? 'system' : value]}
                </span>
              ),
            }))}
            onChange={setColorScheme}
          />
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t.shell.language}
            value={language}
            data={[
              { value: 'en', label: languages.en },
              { value: 'de', label: languages.de },
            ]}
            onChange={choose}
          />
          <Button
            variant="default"
            leftSection={<Icon name="signOut" size={16} />}
            onClick={() => signOut.mutate()}
            loading={signOut.isPending}
          >
            {t.shell.signOut}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function useSignOut(): { mutate: () => void; isPending: boolean } {
  return useAction({
    run: () => client.signOut(),
    onDone: leaveSignedOut,
  })
}
