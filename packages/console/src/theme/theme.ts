/** Mantine's theme. What a colour is stands in base.css, so that the server's brand can change it and nothing is inline. */
import type {
  ButtonProps,
  DrawerProps,
  InputWrapperProps,
  MantineColorsTuple,
  MantineThemeOverride,
  MenuProps,
  ModalProps,
  PasswordInputProps,
  PopoverProps,
  SelectProps,
  TagsInputProps,
  TextareaProps,
  TextInputProps,
  TooltipProps,
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

/** By the component's name and not from it: whatever is named here would be loaded with the first page. */
const by = <P>(defaultProps: Partial<P>): { readonly defaultProps: Partial<P> } => ({ defaultProps })

export const toTheme = (close: string): MantineThemeOverride => ({
  primaryColor: 'brand',
  colors: { brand: tuple('brand'), danger: tuple('danger') },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: by<ButtonProps>({ radius: 'md', size: 'sm' }),
    TextInput: by<TextInputProps>(field),
    PasswordInput: by<PasswordInputProps>(field),
    Textarea: by<TextareaProps>(field),
    Select: by<SelectProps>({ ...field, checkIconPosition: 'right' }),
    TagsInput: by<TagsInputProps>(field),
    InputWrapper: by<InputWrapperProps>({ inputWrapperOrder: ['label', 'description', 'input', 'error'] }),
    Modal: by<ModalProps>({
      ...closedBy(close),
      radius: 'lg',
      centered: true,
      transitionProps: { duration: 120 },
    }),
    Drawer: by<DrawerProps>({ ...closedBy(close), transitionProps: { duration: 120 } }),
    Menu: by<MenuProps>({ radius: 'md', shadow: 'md', transitionProps: { duration: 80 } }),
    Popover: by<PopoverProps>({ radius: 'md', shadow: 'md' }),
    Tooltip: by<TooltipProps>({ radius: 'sm', openDelay: 300, transitionProps: { duration: 80 } }),
  },
})
