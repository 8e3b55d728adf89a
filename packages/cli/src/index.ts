export {
  type Config,
  type Countersign,
  type CountersignOptions,
  createCountersign,
  type NodeHandler,
  type RunningServer,
  StartError,
  serve,
  toNodeHandler,
} from '@countersign/server'
