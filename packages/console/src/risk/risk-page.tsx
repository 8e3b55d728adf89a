/** Risk on one page with two views, which the address tells: what was unusual, and the policy that says what follows. */
import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { PageHeader } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { AnomaliesView } from './anomalies-view.tsx'
import { PolicyView } from './policy-view.tsx'
import { riskTexts } from './texts.ts'

export function RiskPage(): ReactNode {
  const words = useTexts(riskTexts)
  const [params, setParam] = useFilters()
  const view = params.get('view') === 'policy' ? 'policy' : 'anomalies'
  return (
    <>
      <PageHeader
        title={words.title}
        lead={words.lead}
        actions={
          <SegmentedControl
            aria-label={words.view}
            data={[
              { value: 'anomalies', label: words.anomalies },
              { value: 'policy', label: words.policy },
            ]}
            value={view}
            onChange={(next) => setParam('view', next === 'policy' ? next : '')}
          />
        }
      />
      {view === 'policy' ? <PolicyView /> : <AnomaliesView />}
    </>
  )
}
