/** Exports what the filter shows, with a count while it runs and a way to stop it. */
import type { AuditQuery } from '@countersign/client'
import { Button } from '@mantine/core'
import { type ReactNode, useRef, useState } from 'react'
import { client } from '../api/client.ts'
import { tell } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { useToast } from '../ui/toast.tsx'
import { EVENTS_MAX, type ExportFormat, exportEvents, exportFormats } from './export.ts'
import { auditTexts } from './texts.ts'

const PAGE = 200
const TYPES: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv;charset=utf-8',
}

export function ExportButtons({ filter }: { readonly filter: AuditQuery }): ReactNode {
  const t = useT()
  const words = useTexts(auditTexts)
  const toast = useToast()
  const [count, setCount] = useState<number | null>(null)
  const stopped = useRef(false)
  const run = async (format: ExportFormat): Promise<void> => {
    stopped.current = false
    setCount(0)
    try {
      const {
        parts,
        count: done,
        isCut,
      } = await exportEvents(format, {
        readPage: (cursor) => client.audit.list({ ...filter, limit: PAGE, cursor }),
        onProgress: setCount,
        isStopped: () => stopped.current,
      })
      save(new Blob([...parts], { type: TYPES[format] }), `audit.${format}`)
      toast.good(isCut && done >= EVENTS_MAX ? words.exportCut(done) : words.exported(done))
    } catch (error) {
      toast.bad(tell(error, t))
    } finally {
      setCount(null)
    }
  }
  const stop = (): void => {
    stopped.current = true
  }
  if (count !== null) {
    return (
      <Button variant="default" onClick={stop}>
        {words.stop} · {words.exporting(count)}
      </Button>
    )
  }
  return exportFormats.map((format) => (
    <Button key={format} variant="default" title={words.formats[format]} onClick={() => void run(format)}>
      {words.short[format]}
    </Button>
  ))
}

/** The browser’s own way to a file; the address of the blob is given back at once. */
function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
