CREATE INDEX customers_email_lower ON public.customers (lower(email));

CREATE INDEX customers_name_search ON public.customers USING gin (to_tsvector('simple', name));
