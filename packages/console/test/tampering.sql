-- What somebody does who can write to the database and has no key: an event of the audit log gets another address.
update audit_events set address = '192.0.2.1' where type = 'role.created';
