// How the tests start a Chromium: without a sandbox (they run as root in CI), without calls home, and without what it draws around
// a page for a person who looks at it.

/**
 * The suggestions below the address bar are two pages of Chromium's own. It loads them with each window, also where nobody sees
 * them, and that takes longer than the pages that are tested.
 */
const SUGGESTIONS = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']

/**
 * What Playwright switches off. Of two lists Chromium takes the last alone, so that ours has to say it again; chromium.test.ts
 * fails where Playwright's has come to be longer.
 */
const BY_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
]

/** Arguments for Playwright's `chromium.launch`. */
export const CHROMIUM_FLAGS: string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[...BY_PLAYWRIGHT, ...SUGGESTIONS].join(',')}`,
]
