/** An app in Express whose people sign in with passport-openidconnect. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import session from 'express-session'
import { type AuthenticateCallback, Passport } from 'passport'
import Strategy from 'passport-openidconnect'

export interface Settings {
  /** The authority’s issuer. */
  readonly authority: string
  /** Where people reach this app. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** Signs the app’s own cookie. */
  readonly cookieSecret: string
}

/** What the app keeps of somebody in the session of its own. */
interface Person extends Express.User {
  readonly id: string
  readonly email: string | null
  /** Shown to the authority when they sign out. */
  readonly idToken: string
}

/** Routes: `/` says who is signed in; `/sign-in`, `/callback`, `/sign-out`. */
export function createApp(settings: Settings): Express {
  const app = express()
  const passport = new Passport()
  passport.use(createStrategy(settings))
  passport.serializeUser((user, done) => done(null, user))
  passport.deserializeUser((user: Person, done) => done(null, user))
  app.use(session({ secret: settings.cookieSecret, resave: false, saveUninitialized: false }))
  app.use(passport.session())

  app.get('/sign-in', passport.authenticate('openidconnect'))
  app.get('/callback', (req, res, next) => {
    const finish: AuthenticateCallback = (error, user, info, status) => {
      if (error) next(error)
      else if (!user) refuse(res, status, info)
      else req.login(user, (failure?: Error) => (failure === undefined ? res.redirect('/') : next(failure)))
    }
    passport.authenticate('openidconnect', finish)(req, res, next)
  })
  app.get('/', ({ user }, res) => {
    if (isPerson(user)) res.json({ id: user.id, email: user.email })
    else res.status(401).json({ error: 'Nobody is signed in.' })
  })
  app.post('/sign-out', (req, res, next) => {
    const url = toSignOutUrl(settings, req.user)
    req.logout((error?: Error) => (error === undefined ? res.redirect(url) : next(error)))
  })
  app.use(tell)
  return app
}

function createStrategy({ authority, url, clientId, clientSecret }: Settings): Strategy {
  return new Strategy(
    {
      issuer: authority,
      authorizationURL: `${authority}/oauth/authorize`,
      tokenURL: `${authority}/oauth/token`,
      userInfoURL: `${authority}/oauth/userinfo`,
      clientID: clientId,
      clientSecret,
      callbackURL: `${url}/callback`,
      scope: ['email'],
      nonce: 'yes', // Any text: the strategy makes one for each request.
      maxAge: '3600',
      skipUserProfile: false, // Asks UserInfo, where the address stands.
    },
    remember,
  )
}

function remember(
  _issuer: string,
  profile: Strategy.Profile,
  _context: object,
  idToken: string | object,
  done: Strategy.VerifyCallback,
): void {
  const email = profile.emails?.[0]?.value ?? null
  const person: Person = { id: profile.id, email, idToken: String(idToken) }
  done(null, person)
}

const isPerson = (user: Express.User | undefined): user is Person => user !== undefined && 'idToken' in user

function toSignOutUrl({ authority, url }: Settings, user: Express.User | undefined): string {
  const leaving = new URL(`${authority}/logout`)
  leaving.searchParams.set('post_logout_redirect_uri', `${url}/`)
  if (isPerson(user)) leaving.searchParams.set('id_token_hint', user.idToken)
  return leaving.href
}

/** What the strategy did not believe: the browser, the answer, or the ID token. */
function refuse(res: Response, status: unknown, info: unknown): void {
  const message = typeof info === 'object' && info !== null && 'message' in info ? info.message : 'refused'
  res.status(typeof status === 'number' ? status : 401).json({ error: message })
}

/** What the authority answered instead of tokens has a code of RFC 6749; all else is this app’s own trouble. */
function tell(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  const isAnswer = error instanceof Error && /^(Token|Authorization)Error$/.test(error.name)
  if (isAnswer && 'code' in error) res.status(502).json({ error: error.message, code: error.code })
  else next(error)
}
