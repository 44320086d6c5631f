-- A place is called what its configuration says from the moment it is published. Those that were renamed before this
-- catch up here: until now the name stayed that of the first day.
update locations l set name = c.name
from (
  select distinct on (location_id) location_id, data->'config'->>'name' as name
  from events where type = 'location.configured'
  order by location_id, seq desc
) c
where c.location_id = l.id and c.name <> l.name;
