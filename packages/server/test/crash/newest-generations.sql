-- The newest refresh token of each family.
select grant_id, max(generation) as newest from refresh_tokens group by grant_id;
