/** Counts down what a page says of how long to wait, and keeps its button shut meanwhile. Without it the text says so once. */

export const WAIT_SCRIPT = '/assets/wait.js'

/** Runs in the browser. Screen readers hear the message of the page, and not each second. */
export const waitScript = `
const button = document.querySelector('[data-wait]')
const label = button.textContent
const until = performance.now() + Number(button.dataset.wait) * 1000
const tick = () => {
  const seconds = Math.ceil((until - performance.now()) / 1000)
  button.disabled = seconds > 0
  button.textContent = seconds > 0 ? button.dataset.waiting.replace('{seconds}', seconds) : label
  if (seconds > 0) setTimeout(tick, 250)
}
tick()
`
