-- How much every table holds, and the head of the log: what walk.ts asks from beside the authority.
select name from sqlite_schema where type = 'table' order by name;
select count(*) as held from "{table}";
select * from log_head;
insert into identities (id, account_id, provider, issuer, subject, created_at)
  values (:id, :account, 'example', 'https://id.example', :id, 1)
