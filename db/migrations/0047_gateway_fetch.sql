-- How far a gateway was asked for what its webhooks may have missed.

create table cash.gateway_fetch (
  tenant   int  not null default 1,
  gateway  text not null,
  began_at timestamptz not null,
  through  timestamptz,
  primary key (tenant, gateway),
  foreign key (tenant, gateway) references cash.gateway (tenant, name)
);
comment on column cash.gateway_fetch.began_at is 'When somebody last began to ask; programs that serve leave it to one of them.';
comment on column cash.gateway_fetch.through is 'All events until then were listed and kept; null before the first time.';
