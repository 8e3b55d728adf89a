/** Mantine's theme. What a colour is stands in base.css, so that the server's brand can change it and nothing is inline. */
import {
  Button,
  createTheme,
  Drawer,
  Input,
  type MantineColorsTuple,
  type MantineThemeOverride,
  Menu,
  Modal,
  PasswordInput,
  Popover,
  Select,
  TagsInput,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core'

/** Every shade is a variable of base.css; Mantine's own arithmetic on colours is not asked. */
const tuple = (name: string): MantineColorsTuple => {
  const shade = `var(--${name}-fill)`
  return [shade, shade, shade, shade, shade, shade, shade, shade, shade, shade]
}

const field = { radius: 'md', size: 'sm' } as const
/** Locking the page's scroll would write a style tag, which the content security policy refuses. */
const overlay = { lockScroll: false, overlayProps: { backgroundOpacity: 0.4 } } as const

/** What a dialogue's close button is called is said once, for all of them. */
const closedBy = (close: string) => ({ ...overlay, closeButtonProps: { 'aria-label': close } })

export const toTheme = (close: string): MantineThemeOverride =>
  createTheme({
    primaryColor: 'brand',
    colors: { brand: tuple('brand'), danger: tuple('danger') },
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Button: Button.extend({ defaultProps: { radius: 'md', size: 'sm' } }),
      TextInput: TextInput.extend({ defaultProps: field }),
      PasswordInput: PasswordInput.extend({ defaultProps: field }),
      Textarea: Textarea.extend({ defaultProps: field }),
      Select: Select.extend({ defaultProps: { ...field, checkIconPosition: 'right' } }),
      TagsInput: TagsInput.extend({ defaultProps: field }),
      InputWrapper: Input.Wrapper.extend({
        defaultProps: { inputWrapperOrder: ['label', 'description', 'input', 'error'] },
      }),
      Modal: Modal.extend({
        defaultProps: {
          ...closedBy(close),
          radius: 'lg',
          centered: true,
          transitionProps: { duration: 120 },
        },
      }),
      Drawer: Drawer.extend({ defaultProps: { ...closedBy(close), transitionProps: { duration: 120 } } }),
      Menu: Menu.extend({ defaultProps: { radius: 'md', shadow: 'md', transitionProps: { duration: 80 } } }),
      Popover: Popover.extend({ defaultProps: { radius: 'md', shadow: 'md' } }),
      Tooltip: Tooltip.extend({
        defaultProps: { radius: 'sm', openDelay: 300, transitionProps: { duration: 80 } },
      }),
    },
  })
