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
  from grants as family where family.session_id = one.id);

-- a grant without its session
select id from grants as one where not exists (select 1 from sessions as above where above.id =
  one.session_id);

-- a family whose generations have a gap
select id from grants as one where (select count(*) from refresh_tokens as token where token.grant_id =
  one.id) <> coalesce( (select max(generation) from refresh_tokens as token where token.grant_id =
  one.id), -1);

-- a family without exactly one unused refresh token
select id from grants as one where 1 <> (select count(*) from refresh_tokens as token where token.grant_id
  = one.id and token.used_at is null);

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
  'session.stepped_up') and event.target_id = one.node_id and event.at = one.at);

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
  audit_events as event where event.type = 'grant.reuse_detected' and event.target_id = one.node_id and
  event.at = one.at);

-- a used ticket that neither opened nor raised a session
select digest from tickets as one where used_at is not null and not exists (select 1 from sessions as
  opened where opened.account_id = one.account_id and (opened.created_at = one.used_at or opened.auth_time
  >= one.used_at));

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
  factors as held where held.account_id = one.account_id and held.kind = 'passkey' and held.last_used_at >=
  one.created_at) and not exists (select 1 from audit_events as event where event.type in ('factor.removed',
  'account.ended') and event.target_id = one.account_id);
