-- Each line of a storm of screens looked its location up for the foreign key: thousands of reads in the seconds in which the
-- database has other work. Who writes a line has been let into the location already.
alter table connections drop constraint connections_location_id_fkey;
