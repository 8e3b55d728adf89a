export {
  type Config,
  type Countersign,
  type CountersignOptions,
  createCountersign,
  type RunningServer,
  StartError,
  serve,
} from '@countersign/server'
