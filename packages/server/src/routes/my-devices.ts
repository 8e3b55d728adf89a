/** The devices that a person is known on: the list, and forgetting one or all of them. */
import { type Device, forgetOwnDevices, listOwnDevices } from '@countersign/core'
import { type DeviceId, type DeviceShape, isDeviceId } from '@countersign/protocol'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { devicesSchema, forgottenSchema } from '../schemas/devices.ts'
import { notFound, refused } from './answer.ts'
import { toTime, toTimeOrNull } from './shapes.ts'

const list: AnyRoute = protectedRoute({
  name: 'list_own_devices',
  method: 'GET',
  path: '/v1/me/devices',
  summary: 'The browsers in which this person signed in before and is known.',
  tag: 'Me',
  access: 'credential',
  responses: { 200: { description: 'All of them, the last seen first.', schema: devicesSchema } },
  handle: async (call) => {
    const answer = await listOwnDevices(call.services.core, call.caller, call.facts)
    if (!answer.ok) return refused(call, answer)
    const items = answer.devices.map((device) => toDeviceShape(device, answer.current))
    return json(200, { items, next_cursor: null })
  },
})

export const toDeviceShape = (device: Device, current: DeviceId | null): DeviceShape => ({
  id: device.id,
  current: device.id === current,
  name: device.name,
  created_at: toTime(device.createdAtMs),
  last_seen_at: toTime(device.lastSeenAtMs),
  trusted_until: toTimeOrNull(device.trustedUntilMs),
})

const forget: AnyRoute = protectedRoute({
  name: 'forget_own_device',
  method: 'DELETE',
  path: '/v1/me/devices/:id',
  summary: 'Forget one of one’s own devices; sessions on it stay.',
  tag: 'Me',
  access: 'credential',
  responses: { 204: { description: 'A stranger from now on.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isDeviceId(id)) return notFound(call)
    const answer = await forgetOwnDevices(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const forgetAll: AnyRoute = protectedRoute({
  name: 'forget_own_devices',
  method: 'DELETE',
  path: '/v1/me/devices',
  summary: 'Forget all of one’s own devices, this one as well; sessions on them stay.',
  tag: 'Me',
  access: 'credential',
  responses: { 200: { description: 'How many were forgotten.', schema: forgottenSchema } },
  handle: async (call) => {
    const answer = await forgetOwnDevices(call.services.core, call.caller, null, call.facts)
    return answer.ok ? json(200, { forgotten: answer.forgotten }) : refused(call, answer)
  },
})

export const myDeviceRoutes: readonly AnyRoute[] = [list, forget, forgetAll]
