-- What somebody could do to the audit log who can write the database but holds no key. Below each name: the
-- statements. The event in the middle is called the fifth of the chain here; the test puts its position in place.

-- altered at 5: another time
update audit_events set at = at + 1 where chain_position = 5

-- altered at 5: another actor
update audit_events set actor_id = 'acc_00000000000000000000000000' where chain_position = 5

-- altered at 5: nobody as actor
update audit_events set actor_id = null, actor_kind = 'system', actor_credential = null where chain_position = 5

-- altered at 5: another target
update audit_events set target_id = 'acc_00000000000000000000000000' where chain_position = 5

-- altered at 5: another outcome
update audit_events set outcome = 'failed' where chain_position = 5

-- altered at 5: another type
update audit_events set type = 'role.ended' where chain_position = 5

-- altered at 5: another address
update audit_events set address = '192.0.2.1' where chain_position = 5

-- altered at 5: no address
update audit_events set address = null where chain_position = 5

-- altered at 5: another request
update audit_events set request_id = 'dec_0' where chain_position = 5

-- altered at 5: a further detail
update audit_events set details = '{"forged":true}' where chain_position = 5

-- altered at 5: the hash of the event before
update audit_events set chain_hash = (
  select before.chain_hash from audit_events as before where before.chain_position = 4
) where chain_position = 5

-- altered at 5: two events in each other's place
update audit_events set chain_position = -5 where chain_position = 5;
update audit_events set chain_position = 5 where chain_position = 6;
update audit_events set chain_position = 6 where chain_position = -5

-- missing at 5: one event removed
delete from audit_events where chain_position = 5

-- altered at 5: one event removed and the rest moved up
delete from audit_events where chain_position = 5;
update audit_events set chain_position = -chain_position + 1 where chain_position > 5;
update audit_events set chain_position = -chain_position where chain_position < 0

-- missing at 1: the beginning cut off
delete from audit_events where chain_position < 5

-- missing at 5: the end cut off
delete from audit_events where chain_position >= 5

-- missing at 1: everything removed
delete from audit_events

-- missing at 5: an event taken out of the chain
update audit_events set chain_position = null, chain_hash = null where chain_position = 5
