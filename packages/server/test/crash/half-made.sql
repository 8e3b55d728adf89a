-- Half-made states. Each question finds rows that no transaction leaves behind when it is done as a whole or not
-- at all. Written once for both databases.

-- an API key without exactly one open-ended secret
select id from api_keys as one where 1 <> ( select count(*) from api_key_secrets as secret where
  secret.api_key_id = one.id and expires_at is null);

-- a secret without an API key
select digest from api_key_secrets as secret where not exists (select 1 from api_keys as one where one.id
  = secret.api_key_id);

-- a session of tokens without exactly one grant, or another with one
select id from sessions as one where (case when delivery = 'jwt' then 1 else 0 end) <> (select count(*)
  from grants as family where family.session_id = one.id and family.client_id = 'first-party');

-- a grant without its session
select id from grants as one where session_id is not null and not exists (select 1 from sessions as above
  where above.id = one.session_id);

-- a family whose generations have a gap
select id from grants as one where (select count(*) from refresh_tokens as token where token.grant_id =
  one.id) <> coalesce( (select max(generation) from refresh_tokens as token where token.grant_id =
  one.id), 0);

-- a family without exactly one unused refresh token
select id from grants as one where 1 <> (select count(*) from refresh_tokens as token where token.grant_id
  = one.id and token.used_at is null) and not exists (select 1 from clients as client where client.id =
  one.client_id and client.grant_types not like '%refresh_token%');

-- a used refresh token without its successor of that moment
select grant_id from refresh_tokens as token where used_at is not null and not exists (select 1 from
  refresh_tokens as next where next.grant_id = token.grant_id and next.generation = token.generation + 1
  and next.created_at = token.used_at);

-- a row of sessions that ended without an entry
select id from sessions as one where ended_at is not null and not exists (select 1 from revocations as
  entry where entry.kind = 'session' and entry.node_id = one.id and entry.issued_before_position is null);

-- an entry that ended no row of sessions
select node_id from revocations as entry where kind = 'session' and issued_before_position is null and not
  exists (select 1 from sessions as one where one.id = entry.node_id and ended_at is not null);

-- a row of grants that ended without an entry
select id from grants as one where ended_at is not null and not exists (select 1 from revocations as entry
  where entry.kind = 'grant' and entry.node_id = one.id and entry.issued_before_position is null);

-- an entry that ended no row of grants
select node_id from revocations as entry where kind = 'grant' and issued_before_position is null and not
  exists (select 1 from grants as one where one.id = entry.node_id and ended_at is not null);

-- a row of api_keys that ended without an entry
select id from api_keys as one where ended_at is not null and not exists (select 1 from revocations as
  entry where entry.kind = 'api_key' and entry.node_id = one.id and entry.issued_before_position is null);

-- an entry that ended no row of api_keys
select node_id from revocations as entry where kind = 'api_key' and issued_before_position is null and not
  exists (select 1 from api_keys as one where one.id = entry.node_id and ended_at is not null);

-- a rule on a row of accounts without its entry
select id from accounts as one where revoked_before > 0 and not exists (select 1 from revocations as entry
  where entry.position = one.revoked_before and entry.issued_before_position = entry.position);

-- a revocation that left no rule on a row of accounts
select node_id from revocations as entry where kind = 'account' and entry.id is not null and not exists (
  select 1 from accounts as one where one.id = entry.node_id and one.revoked_before >= entry.position);

-- a rule on a row of service_accounts without its entry
select id from service_accounts as one where revoked_before > 0 and not exists (select 1 from revocations
  as entry where entry.position = one.revoked_before and entry.issued_before_position = entry.position);

-- a revocation that left no rule on a row of service_accounts
select node_id from revocations as entry where kind = 'service_account' and entry.id is not null and not
  exists ( select 1 from service_accounts as one where one.id = entry.node_id and one.revoked_before >=
  entry.position);

-- a rule on a row of roles without its entry
select id from roles as one where revoked_before > 0 and not exists (select 1 from revocations as entry
  where entry.position = one.revoked_before and entry.issued_before_position = entry.position);

-- a revocation that left no rule on a row of roles
select node_id from revocations as entry where kind = 'role' and entry.id is not null and not exists (
  select 1 from roles as one where one.id = entry.node_id and one.revoked_before >= entry.position);

-- positions that are not dense up to the head
select position from log_head where position <> (select count(*) from revocations) or position <> (select
  coalesce(max(position), 0) from revocations);

-- a rule with another position than its own
select position from revocations where issued_before_position <> position and not (kind = 'signing_key' and
  issued_before_position = 0);

-- a signing key that is not announced where it says
select id from signing_keys as one where not exists (select 1 from revocations as entry where
  entry.position = one.published_position and entry.kind = 'signing_key' and entry.node_id = one.id and
  entry.issued_before_position = 0);

-- an announcement of a signing key that is not there
select position from revocations as entry where kind = 'signing_key' and not exists (select 1 from
  signing_keys as one where one.id = entry.node_id and one.published_position <= entry.position);

-- counts of a key that says it was never used
select api_key_id from usage_hours as hour where uses > 0 and exists (select 1 from api_keys as one where
  one.id = hour.api_key_id and one.last_used_at is null);

-- a revocation without its event
select id from revocations as one where id is not null and not exists (select 1 from audit_events as event
  where event.type = 'revocation.committed' and event.target_id = one.node_id and event.details like '%'
  || one.id || '%');

-- an event of a revocation that is not there
select id from audit_events where type = 'revocation.committed' and (select count(*) from audit_events
  where type = 'revocation.committed') <> (select count(*) from revocations where id is not null);

-- a rule without the event of its change
select position from revocations as one where id is null and issued_before_position is not null and kind
  <> 'signing_key' and not exists (select 1 from audit_events as event where event.type in
  ('api_key.rotated', 'api_key.changed', 'role.changed', 'service_account.changed', 'account.changed',
  'client.changed', 'password.changed', 'password.reset', 'session.stepped_up') and event.target_id = one.node_id and event.at = one.at);

-- an event of a changed key without its rule
select id from audit_events as event where type in ('api_key.rotated', 'api_key.changed') and not exists
  (select 1 from revocations as entry where entry.kind = 'api_key' and entry.node_id = event.target_id and
  entry.at = event.at);

-- a row of sessions without its event
select id from sessions as one where not exists (select 1 from audit_events as event where event.type =
  'session.opened' and event.target_id = one.id and event.at = one.created_at);

-- an event of a row of sessions that is not there
select id from audit_events as event where type = 'session.opened' and not exists (select 1 from sessions
  as one where one.id = event.target_id);

-- a row of api_keys without its event
select id from api_keys as one where name <> 'bootstrap' and not exists (select 1 from audit_events as
  event where event.type = 'api_key.created' and event.target_id = one.id and event.at = one.created_at);

-- an event of a row of api_keys that is not there
select id from audit_events as event where type = 'api_key.created' and not exists (select 1 from api_keys
  as one where one.id = event.target_id);

-- a row of service_accounts without its event
select id from service_accounts as one where name <> 'bootstrap' and not exists (select 1 from
  audit_events as event where event.type = 'service_account.created' and event.target_id = one.id and
  event.at = one.created_at);

-- an event of a row of service_accounts that is not there
select id from audit_events as event where type = 'service_account.created' and not exists (select 1 from
  service_accounts as one where one.id = event.target_id);

-- a row of accounts without its event
select id from accounts as one where not exists (select 1 from audit_events as event where event.type in
  ('account.created', 'setup.completed') and event.target_id = one.id and event.at = one.created_at);

-- an event of a row of accounts that is not there
select id from audit_events as event where type in ('account.created', 'setup.completed') and not exists
  (select 1 from accounts as one where one.id = event.target_id);

-- a row of signing_keys without its event
select id from signing_keys as one where not exists (select 1 from audit_events as event where event.type
  in ('signing_key.created', 'signing_key.published') and event.target_id = one.id and event.at =
  one.created_at);

-- an event of a row of signing_keys that is not there
select id from audit_events as event where type in ('signing_key.created', 'signing_key.published') and
  not exists (select 1 from signing_keys as one where one.id = event.target_id);

-- a family with more or fewer refreshes than events
select id from grants as one where (select count(*) from refresh_tokens as token where token.grant_id =
  one.id and used_at is not null) <> (select count(*) from audit_events as event where event.type =
  'grant.refreshed' and event.target_id = one.id);

-- a chain that is not dense up to its end
select position from chain_lease where position <> (select count(*) from audit_events where chain_position
  is not null) or position <> (select coalesce(max(chain_position), 0) from audit_events);

-- a family that ended by reuse without its event
select position from revocations as one where kind = 'grant' and id is null and not exists (select 1 from
  audit_events as event where event.type in ('grant.reuse_detected', 'authorization_code.reuse_detected') and
  event.target_id = one.node_id and event.at = one.at);

-- a used ticket that neither opened nor raised a session
select digest from tickets as one where used_at is not null and not exists (select 1 from sessions as
  opened where opened.account_id = one.account_id and (opened.created_at = one.used_at or opened.auth_time
  >= one.used_at)) and not exists (select 1 from tickets as next where next.account_id = one.account_id and
  next.created_at = one.used_at and next.digest <> one.digest);

-- a used recovery code that neither opened nor raised a session
select account_id from recovery_codes as one where used_at is not null and not exists (select 1 from
  sessions as opened where opened.account_id = one.account_id and opened.amr like '%recovery_code%' and
  (opened.created_at = one.used_at or opened.auth_time >= one.used_at));

-- a session by a recovery code that is still good
select id from sessions as one where amr like '%recovery_code%' and (select count(*) from sessions as mine
  where mine.account_id = one.account_id and mine.amr like '%recovery_code%') > (select count(*) from
  recovery_codes as code where code.account_id = one.account_id and code.used_at is not null);

-- a confirmed factor without its event
select id from factors as one where offered_until is null and not exists (select 1 from audit_events as
  event where event.type = 'factor.added' and event.target_id = one.account_id and event.details like '%'
  || one.id || '%');

-- an event of a raised session without its rule
select id from audit_events as event where type = 'session.stepped_up' and not exists (select 1 from
  revocations as entry where entry.kind = 'session' and entry.node_id = event.target_id and entry.at =
  event.at and entry.issued_before_position is not null);

-- a passkey without its factor
select id from passkeys as one where not exists (select 1 from factors as held where held.id = one.id and
  held.kind = 'passkey' and held.account_id = one.account_id);

-- a factor without its passkey
select id from factors as one where kind = 'passkey' and not exists (select 1 from passkeys as held where
  held.id = one.id);

-- a used passkey that neither opened nor raised a session
select id from factors as one where kind = 'passkey' and last_used_at is not null and not exists (select 1
  from sessions as opened where opened.account_id = one.account_id and (opened.amr like '%"hwk"%' or
  opened.amr like '%"swk"%') and opened.auth_time >= one.last_used_at);

-- a session by a passkey that was never used
select id from sessions as one where (amr like '%"hwk"%' or amr like '%"swk"%') and not exists (select 1 from
  factors as held where held.account_id = one.account_id and held.kind = 'passkey' and (held.last_used_at >=
  one.created_at or held.created_at = one.created_at)) and not exists (select 1 from audit_events as event where event.type in ('factor.removed',
  'account.ended') and event.target_id = one.account_id);

-- a first factor without recovery codes
select id from factors as one where offered_until is null and 10 <> (select count(*) from recovery_codes as
  code where code.account_id = one.account_id);

-- a position of a password without its rule
select id from accounts as one where password_position > 0 and not exists (select 1 from revocations as entry
  where entry.position = one.password_position and entry.kind = 'account' and entry.node_id = one.id);

-- an event of another password without its rule
select id from audit_events as event where type in ('password.changed', 'password.reset') and not exists
  (select 1 from revocations as entry where entry.kind = 'account' and entry.node_id = event.target_id and
  entry.at = event.at);

-- a used link that set no password
select digest from mail_links as one where used_at is not null and purpose = 'reset_password' and not exists (select 1 from audit_events as
  event where event.type = 'password.reset' and event.target_id = one.account_id and event.at = one.used_at);

-- a password that was set by a link that is still good
select id from audit_events as event where type = 'password.reset' and not exists (select 1 from mail_links
  as one where one.account_id = event.target_id and one.used_at = event.at);

-- another password without a message about it
select id from audit_events as event where type in ('password.changed', 'password.reset') and not exists
  (select 1 from mails as one where one.kind = 'password_changed' and one.account_id = event.target_id and
  one.created_at = event.at);

-- a confirmed address whose sign-up still waits
select digest from sign_ups as one where exists (select 1 from accounts as made where made.email = one.email
  and made.email_verified_at = made.created_at and made.created_at >= one.created_at);

-- an accepted invitation that still waits
select id from invitations as one where exists (select 1 from accounts as made where made.email = one.email
  and made.created_at >= one.created_at);

-- a used code without its grant
select digest from authorization_codes as one where used_at is not null and not exists (select 1 from grants
  as family where family.id = one.grant_id and family.created_at = one.used_at);

-- a grant of an app without a used code
select id from grants as one where client_id <> 'first-party' and not exists (select 1 from
  authorization_codes as code where code.grant_id = one.id and code.used_at is not null);

-- a grant of an app without its event
select id from grants as one where client_id <> 'first-party' and not exists (select 1 from audit_events as
  event where event.type = 'grant.opened' and event.target_id = one.id and event.at = one.created_at);

-- a code without its event
select digest from authorization_codes as one where not exists (select 1 from audit_events as event where
  event.type in ('authorization.allowed', 'authorization.repeated') and event.target_id = one.client_id and
  event.at = one.created_at and event.details like '%' || one.grant_id || '%');

-- something allowed without consent
select id from audit_events as event where type = 'authorization.allowed' and not exists (select 1 from
  consents as one where one.account_id = event.actor_id and one.client_id = event.target_id and
  one.updated_at >= event.at);

-- a code that came back without an end of what it gave
select id from audit_events as event where type = 'authorization_code.reuse_detected' and not exists (select
  1 from grants as one where one.id = event.target_id and one.ended_at = event.at);

-- an app without exactly one open-ended secret
select id from clients as one where auth_method like 'client_secret%' and ended_at is null and 1 <> (select
  count(*) from client_secrets as secret where secret.client_id = one.id and secret.expires_at is null);

-- a rotated secret of an app without its successor
select id from audit_events as event where type = 'client.secret_rotated' and not exists (select 1 from
  client_secrets as one where one.client_id = event.target_id and one.created_at >= event.at);

-- an app without its event
select id from clients as one where id <> 'first-party' and not exists (select 1 from audit_events as event
  where event.type = 'client.created' and event.target_id = one.id and event.at = one.created_at);

-- a code that was redeemed twice
select target_id from audit_events where type = 'grant.opened' group by target_id having count(*) > 1;

-- an exchange that was written down twice
select details from audit_events where type = 'access_token.exchanged' group by details having count(*) > 1;
