CREATE TYPE public.order_status AS ENUM ('open', 'paid', 'packed', 'sent', 'returned');
