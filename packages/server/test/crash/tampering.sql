-- One change for each kind of half-made state, which leaves such a state behind.

-- an API key without exactly one open-ended secret
delete from api_key_secrets where api_key_id = (select min(id) from api_keys);

-- a secret without an API key
delete from api_keys where id = (select min(id) from api_keys);

-- a session of tokens without exactly one grant, or another with one
update sessions set delivery = 'cookie' where id = (select min(session_id) from grants);

-- a grant without its session
delete from sessions where id = (select min(session_id) from grants);

-- a family whose generations have a gap
delete from refresh_tokens where generation = 1;

-- a family without exactly one unused refresh token
update refresh_tokens set used_at = 1 where used_at is null;

-- a used refresh token without its successor of that moment
update refresh_tokens set used_at = used_at + 1 where used_at is not null;

-- a row of sessions that ended without an entry
update sessions set ended_at = 1 where ended_at is null;

-- an entry that ended no row of sessions
update sessions set ended_at = null;

-- a row of grants that ended without an entry
update grants set ended_at = 1 where ended_at is null;

-- an entry that ended no row of grants
update grants set ended_at = null;

-- a row of api_keys that ended without an entry
update api_keys set ended_at = 1 where ended_at is null;

-- an entry that ended no row of api_keys
update api_keys set ended_at = null;

-- a rule on a row of accounts without its entry
update accounts set revoked_before = 999999;

-- a revocation that left no rule on a row of accounts
update accounts set revoked_before = 0;

-- a rule on a row of service_accounts without its entry
update service_accounts set revoked_before = 999999;

-- a revocation that left no rule on a row of service_accounts
update service_accounts set revoked_before = 0;

-- a rule on a row of roles without its entry
update roles set revoked_before = 999999;

-- a revocation that left no rule on a row of roles
update roles set revoked_before = 0;

-- positions that are not dense up to the head
update log_head set position = position + 1;

-- a rule with another position than its own
update revocations set issued_before_position = 0 where issued_before_position is not null;

-- a signing key that is not announced where it says
update signing_keys set published_position = published_position + 1;

-- an announcement of a signing key that is not there
delete from signing_keys;

-- counts of a key that says it was never used
update api_keys set last_used_at = null;

-- a revocation without its event
delete from audit_events where type = 'revocation.committed';

-- an event of a revocation that is not there
delete from revocations where id is not null;

-- a rule without the event of its change
delete from audit_events where type = 'api_key.rotated';

-- an event of a changed key without its rule
delete from revocations where kind = 'api_key';

-- a row of sessions without its event
delete from audit_events where type = 'session.opened';

-- an event of a row of sessions that is not there
delete from sessions where id in (select target_id from audit_events where type = 'session.opened');

-- a row of api_keys without its event
delete from audit_events where type = 'api_key.created';

-- an event of a row of api_keys that is not there
delete from api_keys where id in (select target_id from audit_events where type = 'api_key.created');

-- a row of service_accounts without its event
delete from audit_events where type = 'service_account.created';

-- an event of a row of service_accounts that is not there
delete from service_accounts where id in (select target_id from audit_events where type = 'service_account.created');

-- a row of accounts without its event
delete from audit_events where type = 'account.created';

-- an event of a row of accounts that is not there
delete from accounts where id in (select target_id from audit_events where type = 'account.created');

-- a row of signing_keys without its event
delete from audit_events where type = 'signing_key.created';

-- an event of a row of signing_keys that is not there
delete from signing_keys where id in (select target_id from audit_events where type = 'signing_key.created');

-- a family with more or fewer refreshes than events
delete from audit_events where type = 'grant.refreshed';

-- a chain that is not dense up to its end
update audit_events set chain_position = null where chain_position = 1;

-- a family that ended by reuse without its event
delete from audit_events where type = 'grant.reuse_detected';

-- a used ticket that neither opened nor raised a session
update tickets set used_at = used_at + 9999999 where used_at is not null;

-- a used recovery code that neither opened nor raised a session
update recovery_codes set used_at = used_at + 9999999 where used_at is not null;

-- a session by a recovery code that is still good
update recovery_codes set used_at = null;

-- a confirmed factor without its event
delete from audit_events where type = 'factor.added';

-- an event of a raised session without its rule
delete from revocations where kind = 'session' and issued_before_position is not null;

-- a passkey without its factor
delete from factors where kind = 'passkey';

-- a factor without its passkey
delete from passkeys;

-- a used passkey that neither opened nor raised a session
update factors set last_used_at = last_used_at + 9999999 where kind = 'passkey';

-- a session by a passkey that was never used
update factors set last_used_at = null where kind = 'passkey';

-- a first factor without recovery codes
delete from recovery_codes where number = 3;

-- a position of a password without its rule
update accounts set password_position = 999999;

-- an event of another password without its rule
delete from revocations where kind = 'account' and id is null;

-- a used link that set no password
delete from audit_events where type = 'password.reset';

-- a password that was set by a link that is still good
update mail_links set used_at = null;

-- another password without a message about it
delete from mails where kind = 'password_changed';

-- a confirmed address whose sign-up still waits
insert into sign_ups (digest, email, password_hash, created_at, expires_at) select 'x', email, 'x', created_at, 0
  from accounts where email_verified_at = created_at limit 1;

-- an accepted invitation that still waits
insert into invitations (id, digest, email, roles, invited_by, issued_position, created_at, expires_at)
  select 'x', 'x', email, '[]', 'x', 0, created_at, 0 from accounts where email_verified_at = created_at limit 1;

-- a used code without its grant
update grants set created_at = created_at + 1;

-- a grant of an app without a used code
update authorization_codes set used_at = null;

-- a grant of an app without its event
delete from audit_events where type = 'grant.opened';

-- a code without its event
delete from audit_events where type in ('authorization.allowed', 'authorization.repeated');

-- something allowed without consent
delete from consents;

-- a code that came back without an end of what it gave
update grants set ended_at = null;

-- an app without exactly one open-ended secret
update client_secrets set expires_at = 1;

-- a rotated secret of an app without its successor
delete from client_secrets;

-- an app without its event
delete from audit_events where type = 'client.created';

-- a code that was redeemed twice
insert into audit_events (id, at, type, outcome, actor_kind, actor_id, actor_credential, target_kind, target_id, address, request_id, details)
  select id || 'x', at, type, outcome, actor_kind, actor_id, actor_credential, target_kind, target_id, address, request_id, details
  from audit_events where type = 'grant.opened';

-- an exchange that was written down twice
insert into audit_events (id, at, type, outcome, actor_kind, actor_id, actor_credential, target_kind, target_id, address, request_id, details)
  select id || 'x', at, type, outcome, actor_kind, actor_id, actor_credential, target_kind, target_id, address, request_id, details
  from audit_events where type = 'access_token.exchanged';
