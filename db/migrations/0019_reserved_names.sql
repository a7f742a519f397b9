-- Lines of these names are no component's: what people charge beside a subscription, and what is missing to a minimum. The same
-- names as in Tieout.Domain.Catalog.PriceRules. Prices that stand already are left as they are.
alter table catalog.price add constraint price_component_not_reserved check (component not in ('one-off', 'minimum')) not valid;
