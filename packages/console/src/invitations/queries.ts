/** What the page of people asks about invitations. */
import type { InvitationPage } from '@countersign/protocol'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { client } from '../api/client.ts'

const PAGE = 20

export const INVITATIONS = ['invitations'] as const

export const invitationsQuery = infiniteQueryOptions({
  queryKey: INVITATIONS,
  queryFn: ({ pageParam }): Promise<InvitationPage> =>
    client.invitations.list({ limit: PAGE, cursor: pageParam }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
})
